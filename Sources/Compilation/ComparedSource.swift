import Data
import Foundation
import Graph
import Runtime

/// A file of any level, or a plan, to be compared with another one.
public struct ComparedSource: Sendable {
    public let path: String
    public let entries: [ComparedEntry]
    /// The text of each level as this compiler prints it, with a name for headers.
    public let texts: [(name: String, text: String)]
    /// What a plan was made with.
    private let origin: [(name: String, value: String)]
    /// What it is, in words.
    private let kind: String

    /// - Throws: what is wrong with the file or plan.
    public init(path: String) throws(Diagnostic) {
        self.path = path
        if Self.isPlan(path) {
            let bundle = try PlanBundle(path: path)
            let (graphs, kernels) = (try bundle.graphs(), try bundle.kernelGraphs())
            kind = "plan"
            entries = bundle.programs.indices.map {
                ComparedEntry(
                    name: bundle.programs[$0].name, graph: graphs[$0], kernels: kernels[$0], program: bundle.programs[$0])
            }
            texts = [
                ("\(path)/graph.dg", Graph.text(of: graphs)), ("\(path)/kernels.dg", KernelGraph.text(of: kernels)),
                ("\(path)/program.dg", Program.text(of: bundle.programs)),
            ]
            origin = bundle.manifest.summary
            return
        }
        let text = try TextFile.read(path: path)
        let level = TextLevel.written(in: text)
        (kind, origin) = (level.rawValue, [])
        switch level {
        case .graph:
            let graphs = try GraphParser.parseAll(text, file: path)
            for graph in graphs { try GraphVerifier.verify(graph) }
            entries = graphs.map { ComparedEntry(name: $0.name, graph: $0) }
            texts = [(path, Graph.text(of: graphs))]
        case .kernels:
            let kernels = try KernelGraph.parseAll(text, file: path)
            for graph in kernels { try KernelGraphVerifier.verify(graph) }
            entries = kernels.map { ComparedEntry(name: $0.name, kernels: $0) }
            texts = [(path, KernelGraph.text(of: kernels))]
        case .program:
            let programs = try Program.parseAll(text, file: path)
            entries = programs.map { ComparedEntry(name: $0.name, program: $0) }
            texts = [(path, Program.text(of: programs))]
        }
    }

    /// The stages of a plan as a bundle keeps them.
    public init(_ stages: ReplayBundle.Stages, path: String) throws(Diagnostic) {
        self.path = path
        let graphs = try GraphParser.parseAll(stages.graph, file: path)
        let kernels = try KernelGraph.parseAll(stages.kernels, file: path)
        let programs = try Program.parseAll(stages.program, file: path)
        for graph in graphs { try GraphVerifier.verify(graph) }
        for graph in kernels { try KernelGraphVerifier.verify(graph) }
        let names = programs.map(\.name)
        guard graphs.map(\.name) == names, kernels.map(\.name) == names else {
            throw Diagnostic(
                "replay.entries", path, "the stages are not of the same entries", expected: names.joined(separator: ", "),
                found: graphs.map(\.name).joined(separator: ", "))
        }
        entries = programs.indices.map {
            ComparedEntry(name: names[$0], graph: graphs[$0], kernels: kernels[$0], program: programs[$0])
        }
        texts = [
            ("\(path)/graph.dg", stages.graph), ("\(path)/kernels.dg", stages.kernels), ("\(path)/program.dg", stages.program),
        ]
        origin = []
        kind = "plan"
    }

    /// Whether a path names a plan, there or not.
    private static func isPlan(_ path: String) -> Bool {
        var isFolder = ObjCBool(false)
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) ? isFolder.boolValue : path.hasSuffix(".plan")
    }

    /// All differences from another source, which comes second.
    ///
    /// - Throws: `diff.levels` where the other one is on another level.
    public func report(against other: ComparedSource) throws(Diagnostic) -> DiffReport {
        try checkComparable(with: other)
        let others = Dictionary(other.origin.map { ($0.name, $0.value) }) { first, _ in first }
        let names = Set(origin.map(\.name))
        let notes = origin.filter { $0.value != others[$0.name] }.map { "\($0.name): \($0.value) → \(others[$0.name] ?? "none")" }
            + other.origin.filter { !names.contains($0.name) }.map { "\($0.name): none → \($0.value)" }
        return DiffReport(path, entries, other.path, other.entries, notes: kind == "plan" ? notes : [])
    }

    /// - Throws: `diff.levels` where the other one is on another level.
    public func checkComparable(with other: ComparedSource) throws(Diagnostic) {
        guard kind == other.kind else {
            throw Diagnostic(
                "diff.levels", other.path, "only files of one level, or two plans, can be compared",
                expected: "\(kind), like \(path)", found: other.kind)
        }
    }
}

extension PlanManifest {
    /// What made the plan what it is, beside its source.
    fileprivate var summary: [(name: String, value: String)] {
        [
            ("options", origin.map { $0.options.isEmpty ? "none" : $0.options.joined(separator: " ") } ?? "unknown"),
            ("C compiler", "\(compiler.version) \(compiler.flags.joined(separator: " "))"),
        ] + specificationLines
    }

    /// Each key of the specification by itself, so that only those that differ are told.
    private var specificationLines: [(name: String, value: String)] {
        guard let json = specification, let value = try? JSONSerialization.jsonObject(with: Foundation.Data(json.utf8)) else {
            return []
        }
        return Self.leaves(value, "specification").sorted { $0.name < $1.name }
    }

    private static func leaves(_ value: Any, _ path: String) -> [(name: String, value: String)] {
        guard let members = value as? [String: Any] else {
            return [(path, "\(value)".split(whereSeparator: \.isWhitespace).joined(separator: " "))]
        }
        return members.flatMap { leaves($0.value, "\(path).\($0.key)") }
    }
}
