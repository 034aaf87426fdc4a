import Graph

/// Runs two plans of one computation on the same inputs, and compares the values that both have in memory.
///
/// Values are the same if they have the same name and type. The first that differs, in the order of the first plan, is
/// computed from values that agree, as far as both plans have them.
public struct PlanComparison {
    /// One plan, and the entry that runs.
    private struct Side {
        let bundle: PlanBundle
        let instance: PlanInstance
        let entry: Int
        /// By name the step that writes a value, and the slice.
        let writers: [String: (step: Int, slice: Int)]

        var program: Program { instance.programs[entry] }

        init(_ bundle: PlanBundle, _ instance: PlanInstance, _ entry: Int) {
            self.bundle = bundle
            self.instance = instance
            self.entry = entry
            let program = instance.programs[entry]
            let inputs = Set(program.inputs.map(\.slice))
            var writers: [String: (step: Int, slice: Int)] = [:]
            for (index, step) in program.steps.enumerated() {
                // A step that copies an update into its input computes nothing.
                for slice in step.results where !inputs.contains(slice) { writers[program.slices[slice].name] = (index, slice) }
            }
            self.writers = writers
        }

        func place(_ name: String) -> PlanComparisonResult.Place? {
            guard let step = writers[name]?.step else { return nil }
            let row = program.steps[step]
            return PlanComparisonResult.Place(
                step: step, epoch: row.epoch, kernel: row.kernel, label: row.label,
                reads: row.reads.map { program.slices[$0].storage })
        }
    }

    private let first: Side
    private let second: Side
    private let inputs: ComparisonInputs
    private let tolerance: ComparisonTolerance
    /// Names of values that both plans have.
    private let common: Set<String>
    /// Of values and outputs that are compared.
    private let types: [String: TensorType]

    /// - Throws: `compare.entry`, `compare.inputs` or `compare.outputs` if the plans do not compute the same thing.
    public init(
        _ first: (bundle: PlanBundle, instance: PlanInstance), _ second: (bundle: PlanBundle, instance: PlanInstance),
        inputs: ComparisonInputs, tolerance: ComparisonTolerance = ComparisonTolerance()
    ) throws(Diagnostic) {
        let firstEntry = try inputs.set(first.bundle, first.instance)
        self.first = Side(first.bundle, first.instance, firstEntry)
        // Without data the second plan runs the batch that the first one runs; graphs have no batches to choose from.
        var inputs = inputs
        if inputs.kind != .graph { inputs.batch = first.bundle.manifest.entries[firstEntry].batch }
        self.second = Side(second.bundle, second.instance, try inputs.set(second.bundle, second.instance))
        self.inputs = inputs
        self.tolerance = tolerance
        let (a, b) = (self.first, self.second)
        common = Set(a.writers.filter { name, writer in
            b.writers[name].map { b.program.slices[$0.slice].type } == a.program.slices[writer.slice].type
        }.keys)
        var types: [String: TensorType] = [:]
        for name in common { types[name] = a.writers[name].map { a.program.slices[$0.slice].type } }
        for output in a.program.outputs { types[Self.key(output: output.name)] = a.program.slices[output.slice].type }
        self.types = types
        try Self.check(a, b, \.inputs, "compare.inputs", "inputs")
        try Self.check(a, b, \.outputs, "compare.outputs", "outputs")
    }

    private static func check(
        _ a: Side, _ b: Side, _ bindings: KeyPath<Program, [Program.Binding]>, _ id: String, _ what: String
    ) throws(Diagnostic) {
        func describe(_ side: Side) -> [String] {
            side.program[keyPath: bindings].map { "\($0.name) : \(side.program.slices[$0.slice].type)" }
        }
        let (expected, found) = (Set(describe(a)), Set(describe(b)))
        guard expected != found else { return }
        throw Diagnostic(
            id, b.bundle.path, "the plans have different \(what): they do not compute the same thing",
            expected: expected.subtracting(found).sorted().prefix(3).joined(separator: ", "),
            found: found.subtracting(expected).sorted().prefix(3).joined(separator: ", "))
    }

    /// Of each plan: rare roundings show in few runs.
    private static let noiseRuns = 2

    /// Runs both plans on the inputs, and again with noise.
    public func run() throws(Diagnostic) -> PlanComparisonResult {
        var expected: [String: [UInt8]] = [:]
        try visit(first) { name, _, bytes in expected[name] = Array(bytes) }
        var found: [String: [UInt8]] = [:]
        try visit(second) { name, _, bytes in found[name] = Array(bytes) }
        var differences: [String: ValueDifference] = [:]
        let noise = try noise(first, expected).merging(noise(second, found), uniquingKeysWith: max)
        for (name, known) in expected {
            guard let other = found.removeValue(forKey: name), let type = types[name] else { continue }
            differences[name] = Self.compare(known, other, type) { comparison in
                comparison.difference(noise: noise[name] ?? 0, tolerance: tolerance)
            }
        }
        return result(differences)
    }

    /// The most that noise changes, by value.
    private func noise(_ side: Side, _ expected: [String: [UInt8]]) throws(Diagnostic) -> [String: Double] {
        var noise: [String: Double] = [:]
        for round in 0..<Self.noiseRuns {
            _ = try inputs.set(side.bundle, side.instance)
            try visit(side, RoundingNoise(seed: inputs.seed, round: round)) { name, type, bytes in
                guard let known = expected[name] else { return }
                let change = Self.compare(known, bytes, type) { $0.largestFiniteDifference }
                noise[name] = max(noise[name] ?? 0, change)
            }
        }
        return noise
    }

    private static func compare<Result>(
        _ first: [UInt8], _ second: some Sequence<UInt8>, _ type: TensorType, _ body: (ElementComparison) -> Result
    ) -> Result {
        first.withUnsafeBytes { first in
            Array(second).withUnsafeBytes { second in
                body(ElementComparison(first: Numbers(first, type), second: Numbers(second, type), type: type))
            }
        }
    }

    /// Runs an entry on inputs that are set, and shows every value that both plans have, and then the outputs.
    ///
    /// - Parameter noise: applied to all inputs but labels, and to all that steps write, after it is shown.
    private func visit(
        _ side: Side, _ noise: RoundingNoise? = nil,
        _ body: (_ name: String, _ type: TensorType, _ bytes: UnsafeRawBufferPointer) -> Void
    ) throws(Diagnostic) {
        let program = side.program
        func show(_ name: String, _ slice: Int) throws(Diagnostic) {
            let slice = program.slices[slice]
            try side.instance.withBytes(of: slice) { body(name, slice.type, $0) }
        }
        var noise = noise
        for input in program.inputs where input.name != "label" {
            try noise?.apply(to: program.slices[input.slice], of: side.instance)
        }
        try side.instance.walk(entry: side.entry) { (_, slices) throws(Diagnostic) in
            for slice in slices {
                if common.contains(program.slices[slice].name) { try show(program.slices[slice].name, slice) }
                try noise?.apply(to: program.slices[slice], of: side.instance)
            }
        }
        for output in program.outputs { try show(Self.key(output: output.name), output.slice) }
    }

    /// Outputs have names of their own, which may be those of other values.
    private static func key(output: String) -> String { "output \(output)" }

    private func result(_ differences: [String: ValueDifference]) -> PlanComparisonResult {
        var result = PlanComparisonResult(entry: first.program.name, paths: [first.bundle.path, second.bundle.path])
        result.comparedValues = common.count
        result.skipped = [first.writers.count - common.count, second.writers.count - common.count]
        let outputs = first.program.outputs
        result.comparedOutputs = outputs.count
        result.differingOutputs = outputs.map(\.name).filter { differences[Self.key(output: $0)]?.isBeyondLimit == true }
        let ordered = common.sorted { (first.writers[$0]?.step ?? 0, $0) < (first.writers[$1]?.step ?? 0, $1) }
        let agreed = Set(common.filter { differences[$0]?.isBeyondLimit == false })
            .union(first.program.inputs.map(\.name))
        for name in ordered + outputs.map({ Self.key(output: $0.name) }) {
            guard let difference = differences[name] else { continue }
            result.largestRelative = max(result.largestRelative, difference.relative)
            guard difference.isBeyondLimit else { continue }
            result.values.append(PlanComparisonResult.Value(
                name: name, difference: difference, places: [first.place(name), second.place(name)], agreed: agreed))
        }
        return result
    }
}
