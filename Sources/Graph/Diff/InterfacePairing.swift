/// Which inputs and outputs of two graphs stand for each other.
///
/// Inputs and outputs are fed and fetched by name, so equal names stand for each other; what is left is paired by place or
/// by use.
struct InterfacePairing {
    /// For each input of the first graph its partner in the second.
    private(set) var inputs: [Int?]
    /// For each output of the first graph its partner in the second.
    private(set) var outputs: [Int?]
    private let inputCountB: Int
    private let outputCountB: Int
    /// How many inputs of both graphs have no namesake.
    private(set) var nameless = 0

    enum Strategy {
        /// What has no namesake is paired in order.
        case place
        /// What has no namesake is paired by what becomes of it, then in order.
        case use
    }

    init(_ a: Graph, _ b: Graph, _ strategy: Strategy) {
        self.init(inputs: (a.inputs.count, b.inputs.count), outputs: (a.outputs.count, b.outputs.count))
        outputs = Self.byName(a.outputs.map(\.name), b.outputs.map(\.name))
        Self.fill(&outputs, outputCountB) { Self.sort(a, a.outputs[$0].value) } _: { Self.sort(b, b.outputs[$0].value) }
        inputs = Self.byName(a.inputs.map { a.name(of: $0.value) }, b.inputs.map { b.name(of: $0.value) })
        nameless = inputs.count { $0 == nil }
        if strategy == .use { pairByUse(a, b) }
        Self.fill(&inputs, inputCountB) { Self.sort(a, $0) } _: { Self.sort(b, $0) }
    }

    /// The inputs and outputs of two loops' bodies: what is carried, passed and scanned, each in its order.
    ///
    /// - Parameter isSame: whether two values outside the loops are the same.
    init(_ a: Scan, _ operandsA: [ValueID], _ b: Scan, _ operandsB: [ValueID], isSame: (ValueID, ValueID) -> Bool) {
        self.init(
            inputs: (a.body.inputs.count, b.body.inputs.count), outputs: (a.body.outputs.count, b.body.outputs.count))
        let (invariantsA, invariantsB) = (a.carried..<a.carried + a.invariants, b.carried..<b.carried + b.invariants)
        pair(0..<a.carried, 0..<b.carried)
        if invariantsA.count == invariantsB.count {
            pair(invariantsA, invariantsB)
        } else {
            for input in invariantsA {
                inputs[input] = invariantsB.first { other in
                    !inputs.contains(other) && isSame(operandsA[input], operandsB[other])
                }
            }
            pair(invariantsA, invariantsB)
        }
        pair(a.carried + a.invariants..<inputs.count, b.carried + b.invariants..<inputCountB)
        for index in 0..<min(a.carried, b.carried) { outputs[index] = index }
        for (left, right) in zip(a.carried..<outputs.count, b.carried..<outputCountB) { outputs[left] = right }
    }

    /// The bindings of two programs, by name and in order.
    init(_ a: Program, _ b: Program) {
        self.init(inputs: (a.inputs.count, b.inputs.count), outputs: (a.outputs.count, b.outputs.count))
        func sort(_ program: Program, _ binding: Program.Binding) -> String {
            "\(program.slices[binding.slice].region) \(program.slices[binding.slice].type)"
        }
        inputs = Self.byName(a.inputs.map(\.name), b.inputs.map(\.name))
        Self.fill(&inputs, inputCountB) { sort(a, a.inputs[$0]) } _: { sort(b, b.inputs[$0]) }
        outputs = Self.byName(a.outputs.map(\.name), b.outputs.map(\.name))
        Self.fill(&outputs, outputCountB) { sort(a, a.outputs[$0]) } _: { sort(b, b.outputs[$0]) }
    }

    private init(inputs: (a: Int, b: Int), outputs: (a: Int, b: Int)) {
        self.inputs = Array(repeating: nil, count: inputs.a)
        self.outputs = Array(repeating: nil, count: outputs.a)
        inputCountB = inputs.b
        outputCountB = outputs.b
    }

    // MARK: What the pairs mean to matching

    /// Equal for partners, different for all others.
    var inputIdentities: (a: [UInt128], b: [UInt128]) { Self.identities(inputs, inputCountB) }
    var outputIdentities: (a: [UInt128], b: [UInt128]) { Self.identities(outputs, outputCountB) }

    var inputsOnlyInB: [Int] { Self.unpaired(inputs, inputCountB) }
    var outputsOnlyInB: [Int] { Self.unpaired(outputs, outputCountB) }

    private static func identities(_ pairs: [Int?], _ countB: Int) -> (a: [UInt128], b: [UInt128]) {
        var b = (0..<countB).map { UInt128(pairs.count + $0) }
        for (left, right) in pairs.enumerated() {
            if let right { b[right] = UInt128(left) }
        }
        return (pairs.indices.map { UInt128($0) }, b)
    }

    private static func unpaired(_ pairs: [Int?], _ countB: Int) -> [Int] {
        let taken = Set(pairs.compactMap { $0 })
        return (0..<countB).filter { !taken.contains($0) }
    }

    // MARK: Pairing

    private static func byName(_ a: [String], _ b: [String]) -> [Int?] {
        let places = Dictionary(zip(b, b.indices)) { first, _ in first }
        return a.map { places[$0] }
    }

    private mutating func pair(_ a: Range<Int>, _ b: Range<Int>) {
        let taken = Set(inputs.compactMap { $0 })
        for (left, right) in zip(a.filter { inputs[$0] == nil }, b.filter { !taken.contains($0) }) { inputs[left] = right }
    }

    /// Pairs what is left: if there are as many in both in order, otherwise those of one sort in order.
    private static func fill(_ pairs: inout [Int?], _ countB: Int, _ sortA: (Int) -> String, _ sortB: (Int) -> String) {
        let leftA = pairs.indices.filter { pairs[$0] == nil }
        let leftB = unpaired(pairs, countB)
        if leftA.count == leftB.count {
            for (left, right) in zip(leftA, leftB) { pairs[left] = right }
            return
        }
        var bySort: [String: [Int]] = [:]
        for right in leftB.reversed() { bySort[sortB(right), default: []].append(right) }
        for left in leftA { pairs[left] = bySort[sortA(left)]?.popLast() }
    }

    private static func sort(_ graph: Graph, _ value: ValueID) -> String { "\(graph.type(of: value))" }

    private static func sort(_ graph: Graph, _ input: Int) -> String {
        "\(graph.inputs[input].role.rawValue) \(graph.type(of: graph.inputs[input].value))"
    }

    private mutating func pairByUse(_ a: Graph, _ b: Graph) {
        let (outputsA, outputsB) = outputIdentities
        let (inputsA, inputsB) = inputIdentities
        let fatesA = FlowHashes(MatchGraph(a, inputs: inputsA, outputs: outputsA), exact: true).valueFate
        let fatesB = FlowHashes(MatchGraph(b, inputs: inputsB, outputs: outputsB), exact: true).valueFate
        var byFate: [String: [Int]] = [:]
        for right in inputsOnlyInB.reversed() {
            byFate["\(fatesB[b.inputs[right].value.index]) \(Self.sort(b, right))", default: []].append(right)
        }
        for left in inputs.indices where inputs[left] == nil {
            inputs[left] = byFate["\(fatesA[a.inputs[left].value.index]) \(Self.sort(a, left))"]?.popLast()
        }
    }
}
