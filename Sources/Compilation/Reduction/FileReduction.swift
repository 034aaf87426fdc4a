import Data
import Foundation
import Graph

/// Reduces a graph with a command as the judge, and keeps the best graph in a file all the time.
public struct FileReduction {
    private let check: CheckCommand
    private let output: String
    private let source: String
    /// Candidates are written here, one at a time.
    private let folder: String
    private let progress: (String) -> Void

    /// - Parameters:
    ///   - source: the name of the graph's file, for messages.
    ///   - folder: an existing folder for candidates.
    ///   - progress: gets a line for every better graph.
    public init(_ source: String, check: CheckCommand, output: String, folder: String, progress: @escaping (String) -> Void) {
        self.check = check
        self.output = output
        self.source = source
        self.folder = folder
        self.progress = progress
    }

    /// How often the whole graph must be judged the same before it is believed.
    private static let repetitions = 3

    /// - Throws: `reduce.uninteresting` for a graph that is not interesting, `reduce.flaky` for a judge that changes its mind.
    public func run(_ graph: Graph) throws(Diagnostic) {
        try AtomicFile.check(output)
        try expectInteresting(graph)
        try AtomicFile.write(Array(graph.text.utf8), to: output)
        progress("\(describe(graph)), interesting")
        var attempts = 0
        var reducer = GraphReducer(graph) { candidate throws(Diagnostic) in
            attempts += 1
            guard try verdict(candidate) == .interesting else { return false }
            try AtomicFile.write(Array(candidate.text.utf8), to: output)
            progress("\(describe(candidate)) after \(attempts) attempts")
            return true
        }
        try reducer.run()
        for _ in 1..<Self.repetitions {
            let verdict = try verdict(reducer.best)
            guard verdict == .interesting else { throw flaky(output, verdict) }
        }
        progress("\(output): \(describe(reducer.best)), reduced from \(describe(graph)) in \(attempts) attempts")
    }

    private func expectInteresting(_ graph: Graph) throws(Diagnostic) {
        let first = try verdict(graph)
        guard first == .interesting else {
            throw Diagnostic(
                "reduce.uninteresting", source, "the check does not find the file interesting", expected: "exit code 0",
                found: first.description)
        }
        for _ in 1..<Self.repetitions {
            let next = try verdict(graph)
            guard next == .interesting else { throw flaky(source, next) }
        }
    }

    private func flaky(_ file: String, _ verdict: CheckCommand.Verdict) -> Diagnostic {
        Diagnostic(
            "reduce.flaky", file, "the check changes its mind about the same file", expected: "exit code 0, as before",
            found: verdict.description)
    }

    private func verdict(_ graph: Graph) throws(Diagnostic) -> CheckCommand.Verdict {
        let path = "\(folder)/candidate.dg"
        try AtomicFile.write(Array(graph.text.utf8), to: path)
        return try check.run(path)
    }

    private func describe(_ graph: Graph) -> String {
        let (nodes, inputs) = (graph.nodeCountWithBodies, graph.inputs.count)
        return "\(nodes) node\(nodes == 1 ? "" : "s"), \(inputs) input\(inputs == 1 ? "" : "s")"
    }
}
