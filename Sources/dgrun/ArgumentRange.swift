import Graph

/// Ranges of numbers on the command line.
enum ArgumentRange {
    /// What the random number generator takes as its key.
    static let seeds = 0...Int(Int32.max)
    /// Counts of epochs, steps and runs.
    static let counts = 1...1_000_000

    /// - Throws: `arguments.range` if the option is given and out of range.
    static func check(_ option: String, _ value: Int?, _ range: ClosedRange<Int>) throws(Diagnostic) {
        guard let value, !range.contains(value) else { return }
        throw Diagnostic(
            "arguments.range", option, "the number is out of range",
            expected: "a whole number in \(range.lowerBound)...\(range.upperBound)", found: "\(value)")
    }
}
