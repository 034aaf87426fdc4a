import Data
import Graph
import Models
import Passes
import Runtime

extension DiagnosticArea {
    static let compilation = DiagnosticArea(
        "compile", "from a source to a plan",
        [
            .bug("compile.entry", "A model was asked for an entry of plain graphs."),
            DiagnosticPage(
                "compile.source", "A plan or another folder cannot be compiled.",
                when: "A folder stands where a source is needed.",
                fix: "Name a specification (`SPEC.json` or a preset) or a graph (`GRAPH.dg`)."),
        ])
}

extension DiagnosticArea {
    static let comparison = DiagnosticArea(
        "diff", "comparisons",
        [
            DiagnosticPage(
                "diff.levels", "Only files of one level, or two plans, can be compared.",
                when: "One side of `dgc diff` is a graph, the other one a kernel graph, a program or a plan.",
                fix: "Bring both to one level first: `dgc dump SOURCE --stage graph|kernels|program`.")
        ])
}

extension [DiagnosticArea] {
    /// Of everything between a source and a plan, and of the plan itself.
    public static var compilation: [DiagnosticArea] {
        graph + models + passes + [.compilation, .comparison] + data + runtime
    }
}
