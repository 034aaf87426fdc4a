/// The structural differences between two graphs.
///
/// Names of values and the order of independent lines are no difference. A change is reported where it is made, not where
/// it has effects.
public struct GraphDiff: Sendable {
    public private(set) var differences: [Difference] = []
    /// Inputs that stand for each other under different names.
    public private(set) var renamedInputs: [Difference.Detail] = []
    /// How many values have another type only because their operands do.
    public private(set) var followingTypes = 0
    let matching: NodeMatching
    private let a: Graph
    private let b: Graph
    private let pairing: InterfacePairing
    private let scope: [String]
    private let isBody: Bool
    private let placesA: [NodePlace]?
    private let placesB: [NodePlace]?
    /// The first node that computes each thing.
    private let originsA: [UInt128: Int]
    private let originsB: [UInt128: Int]

    public init(_ a: Graph, _ b: Graph) {
        self.init(a, b, placesA: nil, placesB: nil)
    }

    /// - Parameters:
    ///   - placesA: where each node of `a` stands.
    ///   - placesB: where each node of `b` stands.
    init(_ a: Graph, _ b: Graph, placesA: [NodePlace]?, placesB: [NodePlace]?) {
        let pairing = InterfacePairing(a, b, .place)
        let diff = GraphDiff(a, b, pairing, placesA: placesA, placesB: placesB)
        guard pairing.nameless > 0, !diff.differences.isEmpty else {
            self = diff
            return
        }
        // Renamed inputs may have changed their places, too.
        let other = GraphDiff(a, b, InterfacePairing(a, b, .use), placesA: placesA, placesB: placesB)
        self = other.differences.count < diff.differences.count ? other : diff
    }

    private init(
        _ a: Graph, _ b: Graph, _ pairing: InterfacePairing, scope: [String] = [], isBody: Bool = false,
        placesA: [NodePlace]? = nil, placesB: [NodePlace]? = nil
    ) {
        self.a = a
        self.b = b
        self.pairing = pairing
        self.scope = scope
        self.isBody = isBody
        self.placesA = placesA
        self.placesB = placesB
        let (inputs, outputs) = (pairing.inputIdentities, pairing.outputIdentities)
        matching = NodeMatching(
            MatchGraph(a, inputs: inputs.a, outputs: outputs.a, places: placesA),
            MatchGraph(b, inputs: inputs.b, outputs: outputs.b, places: placesB))
        originsA = Dictionary(zip(matching.hashesA.origin, a.nodes.indices)) { first, _ in first }
        originsB = Dictionary(zip(matching.hashesB.origin, b.nodes.indices)) { first, _ in first }
        compareInputs()
        compareNodes()
        compareOutputs()
    }

    /// As one part of a report.
    public var level: LevelDiff {
        var level = LevelDiff(
            .graph, a.name, differences: differences, sizes: [LevelDiff.Size("operations", a.nodes.count, b.nodes.count)])
        level.renamedInputs = renamedInputs
        if followingTypes > 0 { level.notes = ["the types of \(followingTypes) more values follow from these changes"] }
        return level
    }

    // MARK: Inputs and outputs

    private mutating func compareInputs() {
        for (left, right) in pairing.inputs.enumerated() {
            let input = a.inputs[left]
            guard let right else {
                differences.append(whole(.removed, .input, input.role.rawValue, [input.value], a))
                continue
            }
            let other = b.inputs[right]
            let (name, otherName) = (NameText.value(a.name(of: input.value)), NameText.value(b.name(of: other.value)))
            var details: [Difference.Detail] = []
            if a.type(of: input.value) != b.type(of: other.value) {
                // A body's inputs have the types of what the loop reads.
                if isBody {
                    followingTypes += 1
                } else {
                    details.append(Difference.Detail("type", "\(a.type(of: input.value))", "\(b.type(of: other.value))"))
                }
            }
            if input.role != other.role { details.append(Difference.Detail("role", input.role.rawValue, other.role.rawValue)) }
            if !isBody && name != otherName { renamedInputs.append(Difference.Detail("name", name, otherName)) }
            if !details.isEmpty { add(.input, input.role.rawValue, name, otherName, details) }
        }
        for right in pairing.inputsOnlyInB {
            differences.append(whole(.added, .input, b.inputs[right].role.rawValue, [b.inputs[right].value], b))
        }
    }

    private mutating func compareOutputs() {
        for (left, right) in pairing.outputs.enumerated() {
            let output = a.outputs[left]
            guard let right else {
                differences.append(whole(.removed, .output, "output", [output.value], a, name: NameText.word(output.name)))
                continue
            }
            let other = b.outputs[right]
            var details: [Difference.Detail] = []
            if output.name != other.name && !isBody { details.append(Difference.Detail("name", output.name, other.name)) }
            if !matching.isSame(output.value.index, other.value.index) {
                details.append(
                    Difference.Detail("value", NameText.value(a.name(of: output.value)), NameText.value(b.name(of: other.value))))
            }
            if output.updates.map({ pairing.inputs[$0] }) != other.updates.map({ $0 }) {
                details.append(Difference.Detail("updates", updated(output, a), updated(other, b)))
            }
            if !details.isEmpty { add(.output, "output", NameText.word(output.name), NameText.word(other.name), details) }
        }
        for right in pairing.outputsOnlyInB {
            let output = b.outputs[right]
            differences.append(whole(.added, .output, "output", [output.value], b, name: NameText.word(output.name)))
        }
    }

    private func updated(_ output: Graph.Output, _ graph: Graph) -> String? {
        output.updates.map { NameText.value(graph.name(of: graph.inputs[$0].value)) }
    }

    // MARK: Nodes

    /// In the order of the first graph; what the second adds stands behind the node that it follows there.
    private mutating func compareNodes() {
        let addedAfter = addedNodes()
        for node in addedAfter[-1] ?? [] { addNode(.added, node) }
        for (index, node) in a.nodes.enumerated() {
            if let partner = matching.partnerOfA[index] {
                compare(node, b.nodes[partner], placesA?[index].scope ?? [])
            } else {
                addNode(.removed, index)
            }
            for added in addedAfter[index] ?? [] { addNode(.added, added) }
        }
    }

    private func addedNodes() -> [Int: [Int]] {
        var place = -1
        var added: [Int: [Int]] = [:]
        for (index, partner) in matching.partnerOfB.enumerated() {
            if let partner { place = partner } else { added[place, default: []].append(index) }
        }
        return added
    }

    private mutating func compare(_ nodeA: Graph.Node, _ nodeB: Graph.Node, _ place: [String]) {
        let found = NodeComparison(a: a, b: b, matching: matching).compare(nodeA, nodeB)
        followingTypes += found.followingTypes
        if !found.details.isEmpty {
            add(.operation, nodeA.op.spelling, names(nodeA.results, a), names(nodeB.results, b), found.details, place)
        }
        guard case .scan(let scanA) = nodeA.op, case .scan(let scanB) = nodeB.op, scanA.body != scanB.body else { return }
        let matching = matching
        let inner = InterfacePairing(scanA, nodeA.operands, scanB, nodeB.operands) { matching.isSame($0.index, $1.index) }
        let body = GraphDiff(scanA.body, scanB.body, inner, scope: scope + place + [names(nodeA.results, a)], isBody: true)
        differences += body.differences
        followingTypes += body.followingTypes
    }

    private mutating func add(
        _ subject: Difference.Subject, _ what: String, _ nameA: String, _ nameB: String, _ details: [Difference.Detail],
        _ place: [String] = []
    ) {
        differences.append(Difference(.changed, subject, what, a: nameA, b: nameB, scope: scope + place, details: details))
    }

    private mutating func addNode(_ kind: Difference.Kind, _ index: Int) {
        let isAdded = kind == .added
        let node = isAdded ? b.nodes[index] : a.nodes[index]
        var difference = whole(kind, .operation, node.op.spelling, node.results, isAdded ? b : a)
        difference.scope += (isAdded ? placesB : placesA)?[index].scope ?? []
        // A value that is computed once more, or once less.
        let twin = isAdded
            ? originsA[matching.hashesB.origin[index]].map { names(a.nodes[$0].results, a) }
            : originsB[matching.hashesA.origin[index]].map { names(b.nodes[$0].results, b) }
        if let twin { difference.details.append(.fact("equal to", kind, "\(twin) in the \(isAdded ? "first" : "second")")) }
        differences.append(difference)
    }

    /// Something that only one graph has.
    private func whole(
        _ kind: Difference.Kind, _ subject: Difference.Subject, _ what: String, _ values: [ValueID], _ graph: Graph,
        name: String? = nil
    ) -> Difference {
        let name = name ?? names(values, graph)
        let types = values.map { "\(graph.type(of: $0))" }.joined(separator: ", ")
        return Difference(
            kind, subject, what, a: kind == .removed ? name : nil, b: kind == .added ? name : nil, type: types, scope: scope)
    }

    private func names(_ values: [ValueID], _ graph: Graph) -> String {
        values.map { NameText.value(graph.name(of: $0)) }.joined(separator: ", ")
    }
}
