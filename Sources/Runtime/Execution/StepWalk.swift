import Graph

extension PlanInstance {
    /// Runs an entry epoch by epoch and shows what every step has written, before anything can overwrite it.
    ///
    /// - Parameters:
    ///   - before: called before each epoch with the numbers of its steps.
    ///   - written: called for every step with its number and the slices that hold its results.
    package func walk(
        entry: Int, before: (Range<Int>) throws(Diagnostic) -> Void = { _ in },
        written: (_ step: Int, _ slices: ArraySlice<Int>) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        let steps = programs[entry].steps
        for range in programs[entry].stepsOfEpochs {
            try before(range)
            try run(entry: entry, steps: range)
            for step in range { try written(step, steps[step].results) }
        }
    }

    /// The content of a slice as it stands now.
    package func elements(of slice: Program.Slice) throws(Diagnostic) -> [Double] {
        try region(slice.region).elements(slice.type, at: slice.offset)
    }

    /// The bytes of a slice as they stand now.
    func withBytes<Result>(
        of slice: Program.Slice, _ body: (UnsafeRawBufferPointer) throws(Diagnostic) -> Result
    ) throws(Diagnostic) -> Result {
        try body(region(slice.region).bytes(slice.type, at: slice.offset))
    }
}

extension Program {
    /// The steps of each epoch, in order.
    var stepsOfEpochs: [Range<Int>] {
        var ranges: [Range<Int>] = []
        for index in steps.indices {
            if index > 0, steps[index].epoch == steps[index - 1].epoch {
                ranges[ranges.count - 1] = ranges[ranges.count - 1].lowerBound..<index + 1
            } else {
                ranges.append(index..<index + 1)
            }
        }
        return ranges
    }
}

extension Program.Step {
    /// What is written, without scratch memory.
    var results: ArraySlice<Int> { writes.dropLast(scratch) }
}
