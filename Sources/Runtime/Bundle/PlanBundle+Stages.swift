import Graph

extension PlanBundle {
    /// The graphs of the entries after all passes on the graph level, in the order of the manifest.
    ///
    /// Running a plan does not need them; they are read, checked and parsed at each call.
    /// - Throws: `plan.stage` for a plan of an older compiler, `plan.hash`, `plan.entries`, or what the text breaks.
    public func graphs() throws(Diagnostic) -> [Graph] {
        let graphs = try GraphParser.parseAll(text(.graph), file: PlanFile.graph.path(in: path))
        try check(graphs.map(\.name), .graph)
        for graph in graphs { try GraphVerifier.verify(graph) }
        return graphs
    }

    /// The kernel graphs of the entries with their decisions, in the order of the manifest; read like `graphs()`.
    public func kernelGraphs() throws(Diagnostic) -> [KernelGraph] {
        let kernels = try KernelGraph.parseAll(text(.kernels), file: PlanFile.kernels.path(in: path))
        try check(kernels.map(\.name), .kernels)
        for graph in kernels { try KernelGraphVerifier.verify(graph) }
        return kernels
    }

    private func text(_ file: PlanFile) throws(Diagnostic) -> String {
        guard manifest.files[file.rawValue] != nil else {
            throw Diagnostic(
                "plan.stage", path, "an older compiler made this plan, and kept only its programs; compile it again",
                expected: file.rawValue)
        }
        return String(decoding: try file.checkedContents(in: path, manifest), as: UTF8.self)
    }

    private func check(_ names: [String], _ file: PlanFile) throws(Diagnostic) {
        let expected = manifest.entries.map(\.name)
        guard names == expected else {
            throw Diagnostic(
                "plan.entries", file.path(in: path), "manifest and stages name the same entries",
                expected: expected.joined(separator: ", "), found: names.joined(separator: ", "))
        }
    }
}
