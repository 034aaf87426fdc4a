import Foundation
import Graph

/// Runs an entry with all memory guarded in which no value lives.
///
/// Before each epoch the bytes of the workspace in which no value lives, what outputs are not written yet, and the scratch
/// memory of threads are filled with ones, which are NaN in both floating types: a step that reads what it may not has other
/// results than in an ordinary run. After each epoch every byte that its steps do not write must be what it was: a step
/// that writes beside its results is found even where it hits memory of nobody. So are steps that leave a region or the
/// scratch memory: red zones around them are filled and looked at in the same way.
public struct GuardedRun {
    public struct Violation: Hashable, Sendable {
        public enum Kind: Hashable, Sendable {
            /// Bytes changed that no step of the epoch may write: how many, the first one, and the values that live there.
            case written(Region, bytes: Int, first: Int, values: [String])
            /// Bytes changed before or behind a region or the scratch memory: how many, and the first one from its start on.
            case left(region: String, size: Int, bytes: Int, first: Int)
            /// A result is not that of an ordinary run.
            case differs(value: String)
        }

        public var epoch: Int
        /// What ran in the epoch, as `kernel label`.
        public var steps: [String]
        public var kind: Kind
    }

    private let bundle: PlanBundle
    private let instance: PlanInstance
    private let entry: Int
    private var program: Program { instance.programs[entry] }
    private static let filling: UInt8 = 0xff
    /// One mistake has many effects; the first ones show it.
    private static let mostViolations = 8
    private static let redZoneBytes = 1 << 16

    /// - Parameter threads: with one, its scratch memory has a red zone right behind it; of more only the last one's has.
    public init(_ bundle: PlanBundle, entry: Int, threads: Int) throws(Diagnostic) {
        self.bundle = bundle
        self.entry = entry
        instance = try PlanInstance(
            programs: bundle.programs, libraryPath: bundle.libraryPath, threads: threads, redZoneBytes: Self.redZoneBytes)
    }

    /// Runs twice on seeded random inputs, guarded the second time.
    ///
    /// - Returns: the first violations, in the order of epochs; none where everything keeps to its memory.
    public func violations(seed: Int) throws(Diagnostic) -> [Violation] {
        let inputs = RandomInputs(bundle: bundle, seed: seed)
        try inputs.fill(instance, entry: entry)
        var expected: [Int: String] = [:]
        try walk { (epoch, run) throws(Diagnostic) in
            try run()
            for slice in epoch.written { expected[slice] = try fingerprint(slice) }
            return true
        }
        try inputs.fill(instance, entry: entry)
        var violations: [Violation] = []
        fill(.outputs, ByteRanges([0..<instance.region(.outputs).byteCount]))
        for region in instance.regions { region.fillRedZones(with: Self.filling) }
        try walk { (epoch, run) throws(Diagnostic) in
            fill(.workspace, epoch.held(.workspace, program).complement(below: instance.region(.workspace).byteCount))
            instance.fillScratch(Self.filling)
            let before = Region.allCases.map { instance.region($0).allBytes }
            try run()
            for (region, bytes) in zip(Region.allCases, before) {
                if let kind = changed(region, bytes, epoch) { violations.append(epoch.violation(kind, program)) }
            }
            violations += instance.regions.compactMap(left).map { epoch.violation($0, program) }
            for slice in epoch.written where try fingerprint(slice) != expected[slice] {
                violations.append(epoch.violation(.differs(value: program.slices[slice].name), program))
            }
            return violations.count < Self.mostViolations
        }
        return Array(violations.prefix(Self.mostViolations))
    }

    /// Goes through the epochs until the body has seen enough.
    private func walk(
        _ body: (GuardedEpoch, _ run: () throws(Diagnostic) -> Void) throws(Diagnostic) -> Bool
    ) throws(Diagnostic) {
        for steps in program.stepsOfEpochs {
            let goesOn = try body(GuardedEpoch(steps, program)) { () throws(Diagnostic) in
                try instance.run(entry: entry, steps: steps)
            }
            guard goesOn else { return }
        }
    }

    private func fingerprint(_ slice: Int) throws(Diagnostic) -> String {
        try instance.withBytes(of: program.slices[slice]) { ContentHash.of(Foundation.Data($0)) }
    }

    private func fill(_ region: Region, _ ranges: ByteRanges) {
        for range in ranges.ranges { instance.region(region).fill(range, with: Self.filling) }
    }

    /// What around a region changed; it is filled again, so that each mistake counts once.
    private func left(_ region: MemoryRegion) -> Violation.Kind? {
        let bytes = region.redZoneBytes(otherThan: Self.filling)
        guard let first = bytes.first else { return nil }
        region.fillRedZones(with: Self.filling)
        return .left(region: region.name, size: region.byteCount, bytes: bytes.count, first: first)
    }

    /// What of a region changed that the epoch may not write.
    private func changed(_ region: Region, _ before: [UInt8], _ epoch: GuardedEpoch) -> Violation.Kind? {
        let memory = UnsafeRawBufferPointer(start: instance.region(region).base, count: before.count)
        var (count, first) = (0, 0)
        for range in epoch.writable(region, program).complement(below: before.count).ranges
        where !before[range].elementsEqual(memory[range]) {
            for byte in range where before[byte] != memory[byte] {
                if count == 0 { first = byte }
                count += 1
            }
        }
        guard count > 0 else { return nil }
        let owners = program.slices.filter {
            $0.region == region && $0.byteRange.contains(first) && (region != .workspace || $0.live.contains(epoch.number))
        }
        return .written(region, bytes: count, first: first, values: Array(Set(owners.map(\.name))).sorted())
    }
}

/// One epoch of a guarded run: which memory its values have.
private struct GuardedEpoch {
    let number: Int
    let steps: Range<Int>
    /// Slices that hold results, scratch memory left out.
    let written: [Int]

    init(_ steps: Range<Int>, _ program: Program) {
        self.steps = steps
        number = program.steps[steps.lowerBound].epoch
        written = steps.flatMap { program.steps[$0].results }
    }

    /// Everything that steps write, scratch memory included.
    func writable(_ region: Region, _ program: Program) -> ByteRanges {
        ByteRanges(steps.flatMap { program.steps[$0].writes }.map { program.slices[$0] }.filter { $0.region == region }.map(\.byteRange))
    }

    /// Where values are when the epoch begins; its own results are not there yet, unless they overwrite what they are made of.
    func held(_ region: Region, _ program: Program) -> ByteRanges {
        let slices = program.slices.filter { $0.region == region && $0.live.contains(number) && $0.live.lowerBound < number }
        return ByteRanges(slices.map(\.byteRange))
    }

    func violation(_ kind: GuardedRun.Violation.Kind, _ program: Program) -> GuardedRun.Violation {
        GuardedRun.Violation(
            epoch: number, steps: steps.map { "\(program.steps[$0].kernel) \(program.steps[$0].label)" }, kind: kind)
    }
}

extension GuardedRun.Violation: CustomStringConvertible {
    public var description: String {
        let place = "epoch \(epoch) (\(steps.prefix(3).joined(separator: "; "))\(steps.count > 3 ? "; …" : ""))"
        switch kind {
        case .written(let region, let bytes, let first, let values):
            let owner = values.isEmpty ? "memory of no value" : "memory of \(values.joined(separator: ", "))"
            return "\(place) writes \(bytes) bytes of the \(region.rawValue) from \(first) on that it may not: \(owner)"
        case .left(let region, let size, let bytes, let first):
            let side = first < 0 ? "\(-first) bytes before it" : "\(first - size) bytes behind its end"
            return "\(place) leaves the \(region): \(bytes) bytes changed, the first \(side)"
        case .differs(let value):
            return "\(place) computes \(value) from memory in which no value lives"
        }
    }
}
