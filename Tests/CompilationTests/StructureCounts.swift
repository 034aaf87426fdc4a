import Graph
import Testing

/// What a representation consists of, in numbers that say more than its whole text.
struct StructureCounts {
    let level: TextLevel
    private(set) var counts: [String: Int] = [:]

    init(_ representation: Representation) {
        level = representation.level
        switch representation {
        case .graph(let graph): add(graph)
        case .kernels(let kernels): add(kernels)
        case .program(let program): add(program)
        }
    }

    subscript(_ key: String) -> Int { counts[key, default: 0] }

    private mutating func add(_ graph: Graph) {
        counts["inputs"] = graph.inputs.count
        counts["outputs"] = graph.outputs.count
        counts["largest value"] = graph.values.map(\.type.elementCount).max() ?? 0
        addNodes(of: graph, isLoop: false)
    }

    /// Operations count where they stand; what stands in loops counts once more.
    private mutating func addNodes(of graph: Graph, isLoop: Bool) {
        for node in graph.nodes {
            for key in ["nodes", node.op.spelling] {
                counts[key, default: 0] += 1
                if isLoop { counts["\(key) in loops", default: 0] += 1 }
            }
            if case .scan(let scan) = node.op { addNodes(of: scan.body, isLoop: true) }
        }
    }

    private mutating func add(_ kernels: KernelGraph) {
        counts["inputs"] = kernels.inputs.count
        counts["outputs"] = kernels.outputs.count
        counts["kernels"] = kernels.kernels.count
        let outputs = Set(kernels.outputs.map(\.tensor))
        let between = kernels.kernels.flatMap(\.results).filter { !outputs.contains($0) }
        counts["bytes between kernels"] = between.reduce(0) { $0 + kernels.type(of: $1).byteCount }
        for kernel in kernels.kernels {
            counts["kernels \(kernel.form.rawValue)", default: 0] += 1
            for block in kernel.tiling?.blocks ?? [] {
                counts["blocks of rows", default: 0] += 1
                counts["nodes in blocks", default: 0] += block.nodes.count
            }
            addNodes(of: kernel.body, isLoop: false)
        }
    }

    private mutating func add(_ program: Program) {
        counts["inputs"] = program.inputs.count
        counts["outputs"] = program.outputs.count
        counts["steps"] = program.steps.count
        counts["epochs"] = program.epochs
        counts["slices"] = program.slices.count
        counts["workspace bytes"] = program.workspaceBytes
        counts["lower bound bytes"] = program.lowerBoundBytes
    }
}

/// Lines such as `dot in loops  2 -> 0`: counts before and after passes.
struct CountChanges: Equatable {
    private(set) var lines: [Line]

    struct Line: Equatable {
        var key: String
        var before: Int
        var after: Int
    }

    /// Of the given keys, or of those that change, or of all if none does; where the level changes, of those of the later one.
    init(from before: StructureCounts, to after: StructureCounts, keys: [String]?) {
        let all = before.level == after.level ? Set(before.counts.keys).union(after.counts.keys) : Set(after.counts.keys)
        let changed = all.filter { before[$0] != after[$0] }
        lines = (keys ?? (changed.isEmpty ? all : changed).sorted()).map { Line(key: $0, before: before[$0], after: after[$0]) }
    }

    init(_ text: String) throws {
        lines = []
        for line in text.split(separator: "\n") {
            let match = try #require(line.wholeMatch(of: #/(.+?) +([0-9]+) -> ([0-9]+)/#), "\(line)")
            lines.append(
                Line(
                    key: String(match.output.1), before: try #require(Int(match.output.2)),
                    after: try #require(Int(match.output.3))))
        }
    }

    var text: String {
        let width = lines.map(\.key.count).max() ?? 0
        return lines.map { line in
            line.key + String(repeating: " ", count: width - line.key.count + 2) + "\(line.before) -> \(line.after)\n"
        }.joined()
    }
}
