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

extension [DiagnosticArea] {
    /// Of everything between a source and a plan, and of the plan itself.
    public static var compilation: [DiagnosticArea] {
        graph + models + passes + [.compilation] + data + runtime
    }
}
