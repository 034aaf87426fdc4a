/// Checks that a graph is what the rest of the compiler takes for granted; run after every pass.
///
/// 1. Every value id is in range (`verify.value-range`).
/// 2. Values are numbered in the order of their definition: the inputs, then the results of each node; so each is
///    defined exactly once (`verify.numbering`).
/// 3. Every value records the place that defines it (`verify.definition`).
/// 4. A node uses only values that are defined before it (`verify.use-before-definition`).
/// 5. Names of values are unique and not empty (`verify.name`).
/// 6. Input types obey the rules of all types (`type.*`).
/// 7. Result types are those that the type rules find (`verify.result-count`, `verify.result-type`, and the rules' ids).
/// 8. Names of outputs are unique and not empty (`verify.output-name`).
/// 9. `updates` names an input (`verify.updates-input`) of the output's type (`verify.updates-type`) with the role
///    parameter or state (`verify.updates-role`), each input at most once (`verify.updates-once`).
/// 10. Bodies obey all these rules; their inputs have the role data (`verify.body-role`), their outputs update nothing
///    (`verify.body-updates`), they are named `body` (`verify.body-name`), and they stand in each other at most 16 deep
///    (`verify.nesting`).
public enum GraphVerifier {
    /// - Throws: the first broken rule, as a compiler bug.
    public static func verify(_ graph: Graph) throws(Diagnostic) {
        do throws(Diagnostic) {
            var checker = GraphChecker(graph, depth: 0)
            try checker.check()
        } catch {
            var bug = error
            bug.kind = .compilerBug
            bug.subject = "graph @\(graph.name), \(error.subject)"
            throw bug
        }
    }
}

/// One graph under verification, as far as it is checked.
private struct GraphChecker {
    private let graph: Graph
    private let depth: Int
    /// How many values are defined so far; by rule 2 they are the first ones.
    private var defined = 0
    private var names: Set<String> = []
    private var interface: InterfaceRules

    init(_ graph: Graph, depth: Int) {
        self.graph = graph
        self.depth = depth
        interface = InterfaceRules(isBody: depth > 0)
    }

    mutating func check() throws(Diagnostic) {
        for (position, input) in graph.inputs.enumerated() {
            try define(input.value, .input(position))
            let value = graph.values[input.value.index]
            try checkType(value.type)
            try interface.checkInput(name: value.name, input.role)
        }
        for (position, node) in graph.nodes.enumerated() { try check(node, NodeID(position)) }
        guard defined == graph.values.count else {
            throw fail(
                "verify.numbering", graph.values[defined].name, "each value is defined", expected: "\(defined) values",
                found: "\(graph.values.count)")
        }
        for output in graph.outputs {
            try checkRange(output.value, "output \(output.name)")
            try interface.checkOutput(output, in: graph)
        }
    }

    private func fail(
        _ id: String, _ subject: String, _ message: String, expected: String? = nil, found: String? = nil
    ) -> Diagnostic {
        Diagnostic(id, subject, message, expected: expected, found: found)
    }

    /// The subject is a closure because most checks pass, and describing every node would take most of the time.
    private func checkRange(_ value: ValueID, _ subject: @autoclosure () -> String) throws(Diagnostic) {
        guard graph.values.indices.contains(value.index) else {
            throw fail(
                "verify.value-range", subject(), "value ids are in range", expected: "0..<\(graph.values.count)",
                found: "\(value.index)")
        }
    }

    private mutating func define(_ id: ValueID, _ definition: Graph.Definition) throws(Diagnostic) {
        try checkRange(id, "\(definition)")
        let value = graph.values[id.index]
        guard id.index == defined else {
            throw fail(
                "verify.numbering", value.name, "values are numbered in the order of their definition",
                expected: "\(defined)", found: "\(id.index)")
        }
        guard value.definition == definition else {
            throw fail(
                "verify.definition", value.name, "the value records where it is defined", expected: "\(definition)",
                found: "\(value.definition)")
        }
        guard !value.name.isEmpty, names.insert(value.name).inserted else {
            throw fail("verify.name", "value \(id.index)", "names are unique and not empty", found: "'\(value.name)'")
        }
        defined += 1
    }

    private mutating func check(_ node: Graph.Node, _ id: NodeID) throws(Diagnostic) {
        var subject: String { "node \(id.index), \(node.op.spelling)" }
        for operand in node.operands {
            try checkRange(operand, subject)
            guard operand.index < defined else {
                throw fail(
                    "verify.use-before-definition", subject, "operands are defined before their use",
                    found: graph.name(of: operand))
            }
        }
        if case .scan(let scan) = node.op { try checkBody(scan.body, subject) }
        let inferred = try inferTypes(node.op, node.operands.map { graph.type(of: $0) })
        guard node.results.count == inferred.count else {
            throw fail(
                "verify.result-count", subject, "number of results", expected: "\(inferred.count)",
                found: "\(node.results.count)")
        }
        for (position, result) in node.results.enumerated() {
            try define(result, .node(id, result: position))
            let type = graph.type(of: result)
            guard type == inferred[position] else {
                throw fail(
                    "verify.result-type", graph.name(of: result), "type of the result of \(node.op.spelling)",
                    expected: "\(inferred[position])", found: "\(type)")
            }
        }
    }

    private func checkBody(_ body: Graph, _ subject: @autoclosure () -> String) throws(Diagnostic) {
        guard depth < Scan.maximumNesting else {
            throw fail("verify.nesting", subject(), "bodies stand in each other at most \(Scan.maximumNesting) deep")
        }
        guard body.name == Scan.bodyName else {
            throw fail("verify.body-name", subject(), "name of a body", expected: Scan.bodyName, found: body.name)
        }
        do throws(Diagnostic) {
            var checker = GraphChecker(body, depth: depth + 1)
            try checker.check()
        } catch {
            var inner = error
            inner.subject = "\(subject()), body, \(error.subject)"
            throw inner
        }
    }
}

/// The rules on inputs and outputs that types do not say; the parser and the verifier share them.
struct InterfaceRules {
    /// Whether the graph is the body of an operation, which the runtime never sees.
    let isBody: Bool
    private var outputNames: Set<String> = []
    private var updatedInputs: Set<Int> = []

    init(isBody: Bool) {
        self.isBody = isBody
    }

    func checkInput(name: String, _ role: Graph.Role) throws(Diagnostic) {
        guard !isBody || role == .data else {
            throw Diagnostic(
                "verify.body-role", "input \(name)", "the inputs of a body have no role", found: role.rawValue)
        }
    }

    mutating func checkOutput(_ output: Graph.Output, in graph: Graph) throws(Diagnostic) {
        guard !output.name.isEmpty, outputNames.insert(output.name).inserted else {
            throw Diagnostic(
                "verify.output-name", "output \(output.name)", "names of outputs are unique and not empty",
                found: "'\(output.name)'")
        }
        guard let updates = output.updates else { return }
        guard !isBody else {
            throw Diagnostic("verify.body-updates", "output \(output.name)", "the outputs of a body update nothing")
        }
        try checkUpdate(output, updates, in: graph)
    }

    private mutating func checkUpdate(
        _ output: Graph.Output, _ updates: Int, in graph: Graph
    ) throws(Diagnostic) {
        let subject = "output \(output.name)"
        guard graph.inputs.indices.contains(updates) else {
            throw Diagnostic("verify.updates-input", subject, "an output updates an input")
        }
        let input = graph.inputs[updates]
        let (expected, found) = (graph.type(of: input.value), graph.type(of: output.value))
        guard expected == found else {
            throw Diagnostic(
                "verify.updates-type", subject, "an update has the type of its input", expected: "\(expected)",
                found: "\(found)")
        }
        guard input.role != .data else {
            throw Diagnostic(
                "verify.updates-role", subject, "only parameters and states are updated",
                expected: "parameter or state", found: input.role.rawValue)
        }
        guard updatedInputs.insert(updates).inserted else {
            throw Diagnostic(
                "verify.updates-once", subject, "an input is updated once", found: graph.name(of: input.value))
        }
    }
}
