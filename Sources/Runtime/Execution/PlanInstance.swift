import CRuntime
import Graph

/// A plan with memory: parameters and optimizer state live as long as the instance, everything else for one run.
public final class PlanInstance {
    /// The entries' programs, in the order of the library.
    public let programs: [Program]
    /// How many threads run an entry, at most.
    public let threads: Int
    /// How many threads run each entry: an entry that takes no longer on one thread runs on one.
    private let team: [Int]
    private let library: KernelLibrary
    /// In the order of `Region.index`, and behind them the threads' scratch memory.
    let regions: [MemoryRegion]
    /// How often parameters or optimizer state were set from outside, not by a run.
    private(set) var changeCount = 0

    /// - Parameters:
    ///   - libraryPath: the compiled kernels.
    ///   - predictions: what the cost model says of each entry; without them all threads run all entries.
    public convenience init(
        programs: [Program], libraryPath: String, threads: Int, predictions: [EntryPrediction?] = []
    ) throws(Diagnostic) {
        try self.init(programs: programs, libraryPath: libraryPath, threads: threads, predictions: predictions, redZoneBytes: 0)
    }

    /// - Parameter redZoneBytes: how much memory before and behind each region nothing may touch.
    init(
        programs: [Program], libraryPath: String, threads: Int, predictions: [EntryPrediction?] = [], redZoneBytes: Int
    ) throws(Diagnostic) {
        self.programs = programs
        self.threads = max(1, threads)
        let most = self.threads
        team = programs.indices.map { index in
            guard predictions.indices.contains(index), let prediction = predictions[index] else { return most }
            return prediction.team(programs[index], most: most)
        }
        library = try KernelLibrary(path: libraryPath)
        var regions: [MemoryRegion] = []
        for region in Region.allCases.sorted(by: { $0.index < $1.index }) {
            let bytes = programs.map { Self.bytes(of: region, $0) }.max() ?? 0
            regions.append(try MemoryRegion(byteCount: bytes, name: "region \(region.rawValue)", redZoneBytes: redZoneBytes))
        }
        let scratch = library.threadScratchBytes * self.threads
        let name = "scratch memory of \(self.threads) threads"
        regions.append(try MemoryRegion(byteCount: scratch, name: name, redZoneBytes: redZoneBytes))
        self.regions = regions
    }

    /// How large a region a program needs.
    public static func bytes(of region: Region, _ program: Program) -> Int {
        if region == .workspace { return program.workspaceBytes }
        return program.slices.filter { $0.region == region }.map(\.byteRange.upperBound).max() ?? 0
    }

    /// All memory that the instance holds, in bytes.
    public var byteCount: Int { regions.reduce(0) { $0 + $1.byteCount } }

    public func entry(named name: String) -> Int? { programs.firstIndex { $0.name == name } }

    // MARK: Inputs and outputs

    /// Sets an input, parameter or state tensor of an entry.
    public func set(_ name: String, entry: Int, to elements: [Double]) throws(Diagnostic) {
        let slice = try slice(name, programs[entry].inputs, entry)
        try checkCount(elements.count, slice)
        noteChange(slice.region)
        try regions[slice.region.index].store(elements, slice.type, at: slice.offset)
    }

    /// Sets an f32 input, parameter or state tensor of an entry.
    public func set(_ name: String, entry: Int, to floats: [Float]) throws(Diagnostic) {
        let slice = try slice(name, programs[entry].inputs, entry)
        try checkCount(floats.count, slice)
        noteChange(slice.region)
        guard slice.type.elementType == .f32 else {
            try regions[slice.region.index].store(floats.map(Double.init), slice.type, at: slice.offset)
            return
        }
        try regions[slice.region.index].store(floats, at: slice.offset)
    }

    /// Reads an input, parameter or state tensor as it stands now.
    package func input(_ name: String, entry: Int) throws(Diagnostic) -> [Double] {
        let slice = try slice(name, programs[entry].inputs, entry)
        return try regions[slice.region.index].elements(slice.type, at: slice.offset)
    }

    /// Reads an output of the entry that ran last.
    public func output(_ name: String, entry: Int) throws(Diagnostic) -> [Double] {
        let slice = try slice(name, programs[entry].outputs, entry)
        return try regions[slice.region.index].elements(slice.type, at: slice.offset)
    }

    /// Reads an f32 output of the entry that ran last.
    public func floatOutput(_ name: String, entry: Int) throws(Diagnostic) -> [Float] {
        let slice = try slice(name, programs[entry].outputs, entry)
        guard slice.type.elementType == .f32 else { return try output(name, entry: entry).map { Float($0) } }
        return try regions[slice.region.index].floats(count: slice.type.elementCount, at: slice.offset)
    }

    /// Reads a parameter or state tensor as it stands now.
    public func stored(_ name: String, entry: Int) throws(Diagnostic) -> [Float] {
        let slice = try slice(name, programs[entry].inputs, entry)
        guard slice.type.elementType == .f32 else {
            return try input(name, entry: entry).map { Float($0) }
        }
        return try regions[slice.region.index].floats(count: slice.type.elementCount, at: slice.offset)
    }

    public func type(ofInput name: String, entry: Int) -> TensorType? {
        programs[entry].inputs.first { $0.name == name }.map { programs[entry].slices[$0.slice].type }
    }

    /// Sets all optimizer state to zero.
    public func clearState() {
        regions[Region.state.index].clear()
        noteChange(.state)
    }

    /// Runs an entry on the inputs that have been set.
    ///
    /// - Parameter count: runs with so many threads, but not more than the instance has scratch memory for.
    public func run(entry: Int, threads count: Int? = nil) throws(Diagnostic) {
        try library.run(entry: entry, regions: regions, threads: min(threads, max(1, count ?? team[entry])))
    }

    /// Runs only some of an entry's steps, so that memory can be looked at between them.
    public func run(entry: Int, steps: Range<Int>) throws(Diagnostic) {
        try library.run(entry: entry, steps: steps, regions: regions, threads: threads)
    }

    /// Runs an entry until an epoch leaves numbers that are not finite in one of the spans; says whether that was so.
    func runFindsNonFinite(entry: Int, spans: [dg_span]) throws(Diagnostic) -> Bool {
        try library.run(entry: entry, checking: spans, regions: regions, threads: team[entry]) != nil
    }

    /// Runs an entry and measures every step on every thread.
    public func profile(entry: Int) throws(Diagnostic) -> [[StepTime]] {
        try library.profile(entry: entry, regions: regions, threads: team[entry], steps: programs[entry].steps.count)
    }

    func region(_ region: Region) -> MemoryRegion { regions[region.index] }

    /// Fills the scratch memory of all threads, which no step expects to hold anything.
    func fillScratch(_ byte: UInt8) {
        let scratch = regions[regions.count - 1]
        scratch.fill(0..<scratch.byteCount, with: byte)
    }

    private func noteChange(_ region: Region) {
        if region.outlivesRun { changeCount += 1 }
    }

    private func slice(_ name: String, _ bindings: [Program.Binding], _ entry: Int) throws(Diagnostic) -> Program.Slice {
        guard let binding = bindings.first(where: { $0.name == name }) else {
            throw Diagnostic("run.tensor", name, "entry \(programs[entry].name) has no such tensor")
        }
        return programs[entry].slices[binding.slice]
    }

    private func checkCount(_ count: Int, _ slice: Program.Slice) throws(Diagnostic) {
        guard count == slice.type.elementCount else {
            throw Diagnostic(
                "run.shape", slice.name, "number of elements", expected: "\(slice.type.elementCount) (\(slice.type))",
                found: "\(count)")
        }
    }
}
