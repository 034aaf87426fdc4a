/// Which memory steps touch that run side by side: rules 8 and 9 of `ProgramVerifier`.
struct ProgramAccesses {
    private let program: Program

    init(_ structure: ProgramStructure) {
        program = structure.program
    }

    func check() throws(Diagnostic) {
        var start = 0
        while start < program.steps.count {
            let epoch = program.steps[start].epoch
            let end = program.steps[start...].firstIndex { $0.epoch != epoch } ?? program.steps.count
            let accesses = (start..<end).map(accesses)
            for step in accesses { try checkOverlaps(step) }
            try checkRaces(Self.sorted(accesses.flatMap(\.self)))
            start = end
        }
    }

    private enum Kind: Hashable {
        case read, result, scratch
    }

    private struct Access {
        var kind: Kind
        var step: Int
        var slice: Int
        var region: Int
        var range: Range<Int>
        var isWrite: Bool { kind != .read }

        func overlaps(_ other: Access) -> Bool {
            region == other.region && range.overlaps(other.range)
        }
    }

    /// The non-empty slices that a step touches.
    private func accesses(of position: Int) -> [Access] {
        let step = program.steps[position]
        func accesses(_ slices: some Sequence<Int>, _ kind: Kind) -> [Access] {
            slices.compactMap { index in
                let slice = program.slices[index]
                guard !slice.byteRange.isEmpty else { return nil }
                return Access(
                    kind: kind, step: position, slice: index, region: slice.region.index, range: slice.byteRange)
            }
        }
        return accesses(step.writes.dropLast(step.scratch), .result) + accesses(step.writes.suffix(step.scratch), .scratch)
            + accesses(step.reads, .read)
    }

    private static func sorted(_ accesses: [Access]) -> [Access] {
        accesses.sorted { ($0.region, $0.range.lowerBound) < ($1.region, $1.range.lowerBound) }
    }

    // MARK: One step

    private func checkOverlaps(_ accesses: [Access]) throws(Diagnostic) {
        let writes = Self.sorted(accesses.filter(\.isWrite))
        for (first, second) in zip(writes, writes.dropFirst()) {
            try require(!first.overlaps(second), "the results of a step lie apart", first, second)
        }
        var taken: Set<Int> = []
        for read in accesses where !read.isWrite {
            guard let write = Self.firstEnding(after: read, writes), write.overlaps(read) else { continue }
            try require(
                write.range == read.range && write.kind == .result && taken.insert(write.slice).inserted,
                "a result lies apart from the operands, or takes exactly the memory of one", write, read)
        }
    }

    private func require(
        _ condition: Bool, _ message: String, _ first: Access, _ second: Access
    ) throws(Diagnostic) {
        try ProgramRules.require(
            condition, "program.overlap", program.steps[first.step].label, message,
            found: "\(program.slices[first.slice].name) and \(program.slices[second.slice].name)")
    }

    /// The first write, of sorted ones that lie apart, that ends after the read starts.
    private static func firstEnding(after read: Access, _ writes: [Access]) -> Access? {
        var (low, high) = (0, writes.count)
        while low < high {
            let middle = (low + high) / 2
            let write = writes[middle]
            if (write.region, write.range.upperBound) > (read.region, read.range.lowerBound) {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low < writes.count ? writes[low] : nil
    }

    // MARK: One epoch

    /// Walks over the sorted accesses of an epoch and looks for two steps that touch the same bytes, one of them writing.
    private func checkRaces(_ accesses: [Access]) throws(Diagnostic) {
        var (all, writes) = (Reach(), Reach())
        var region = -1
        for access in accesses {
            if access.region != region {
                (all, writes) = (Reach(), Reach())
                region = access.region
            }
            let earlier = access.isWrite ? all : writes
            if let other = earlier.step(otherThan: access.step, beyond: access.range.lowerBound) {
                throw Diagnostic(
                    "program.race", program.steps[access.step].label,
                    "steps of one epoch do not touch each other's results",
                    found: "\(program.slices[access.slice].name), which \(program.steps[other].label) touches")
            }
            all.add(access.range.upperBound, access.step)
            if access.isWrite { writes.add(access.range.upperBound, access.step) }
        }
    }
}

/// How far the accesses of two different steps reach: the farthest step, and the farthest of the others.
///
/// Two are enough to find one that is not a given step, and keep the search fast where many steps read one slice.
private struct Reach {
    private var first = (end: -1, step: -1)
    private var second = (end: -1, step: -1)

    mutating func add(_ end: Int, _ step: Int) {
        if step == first.step {
            first.end = max(first.end, end)
        } else if end > second.end {
            second = (end, step)
        }
        if second.end > first.end { swap(&first, &second) }
    }

    /// A step that reaches beyond the place where the given step starts to touch memory.
    func step(otherThan step: Int, beyond start: Int) -> Int? {
        let farthest = first.step == step ? second : first
        return farthest.end > start ? farthest.step : nil
    }
}
