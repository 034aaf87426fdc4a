import Graph

/// Which output is meant where nobody says which one to differentiate.
enum LossOutput {
    /// `loss.total`, `loss`, or the only floating scalar.
    static func name(in graph: Graph) throws(Diagnostic) -> String {
        for name in ["loss.total", "loss"] where graph.output(named: name) != nil { return name }
        let scalars = graph.outputs.filter { output in
            let type = graph.type(of: output.value)
            return type.shape == .scalar && type.elementType.isFloating
        }
        guard scalars.count == 1 else {
            throw Diagnostic(
                "autodiff.output", graph.name, "which output to differentiate is not clear; say it as autodiff:of=OUTPUT",
                expected: "an output loss.total or loss, or one floating scalar",
                found: graph.outputs.map(\.name).joined(separator: ", "))
        }
        return scalars[0].name
    }
}
