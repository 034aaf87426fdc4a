/// What a comparison of two plans has found.
public struct PlanComparisonResult: Sendable {
    /// Where a plan computes a value.
    public struct Place: Sendable {
        public var step: Int
        public var epoch: Int
        public var kernel: String
        public var label: String
        /// The names of the operands of the step; of a view the name of what it shows.
        public var reads: [String]
    }

    /// A value that differs by more than is tolerated.
    public struct Value: Sendable {
        /// The value's name; outputs that no step writes under a name common to both plans are called `output NAME`.
        public var name: String
        public var difference: ValueDifference
        /// In the first and the second plan; nil for an output.
        public var places: [Place?]
        /// Operands, in both plans, that have been compared and agree, or are inputs.
        public var agreeingOperands: [String]
        /// Operands that only one of the plans has in memory, or that differ.
        public var otherOperands: [String]

        init(name: String, difference: ValueDifference, places: [Place?], agreed: Set<String>) {
            self.name = name
            self.difference = difference
            self.places = places
            let operands = Set(places.flatMap { $0?.reads ?? [] }).sorted()
            agreeingOperands = operands.filter(agreed.contains)
            otherOperands = operands.filter { !agreed.contains($0) }
        }
    }

    public let entry: String
    /// The two plans.
    public let paths: [String]
    public var comparedValues = 0
    /// Values that only the first, and only the second plan has in memory.
    public var skipped = [0, 0]
    public var comparedOutputs = 0
    public var differingOutputs: [String] = []
    /// The largest relative difference of all values, tolerated or not.
    public var largestRelative = 0.0
    /// In the order of the first plan's steps.
    public var values: [Value] = []

    init(entry: String, paths: [String]) {
        self.entry = entry
        self.paths = paths
    }

    public var isSame: Bool { values.isEmpty }
}
