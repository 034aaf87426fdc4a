import Compilation
import Graph
import Passes
import Testing

/// What explanations rest on: decisions with their pass and advice, and a peak that is the planner's.
@Suite struct ExplanationTests {
    private static func explained(_ seed: Int) throws -> ExplainedEntry {
        let graph = try RandomGraph.make(seed: seed)
        return try ExplainedEntry(compiling: PlanCompiler.Options()) { manager throws(Diagnostic) in
            try manager.run(Pipelines.optimize, on: graph).graph
        }
    }

    @Test(arguments: ["graphs/mosi.grad.dg", "graphs/iemocap.grad.dg", "bench/graphs/mmd.1024.dg"])
    func everyDecisionHasAPassAndAdvice(_ file: String) throws {
        let graph = try GraphParser.parse(TestFiles.read(file), file: file)
        let kernels = try PlanCompiler().kernels(of: graph)
        #expect(!kernels.decisions.isEmpty)
        for decision in kernels.decisions {
            #expect(decision.pass != nil, "\(decision)")
            guard decision.outcome == .materialized, !decision.reason.hasPrefix("part of") else { continue }
            let advice = FusionAdvice.text(for: decision)
            #expect(advice != nil && advice?.contains("--disable") == false, "no advice of its own: \(decision)")
        }
    }

    @Test(arguments: 1...20)
    func peakIsThePlanners(_ seed: Int) throws {
        let entry = try Self.explained(seed)
        let peak = PeakExplanation(entry)
        #expect(peak.scopes.reduce(0) { $0 + $1.bytes } == entry.program.lowerBoundBytes, "seed \(seed)")
        for remedy in peak.remedies {
            #expect(remedy.savedBytes > 0 && remedy.peakBytes < entry.program.workspaceBytes, "seed \(seed)")
        }
    }

    /// Every value of the declared graph has a life that ends in the kernels, in another value, or nowhere.
    @Test(arguments: 1...10)
    func everyValueHasALife(_ seed: Int) throws {
        let graph = try RandomGraph.make(seed: seed)
        let entry = try Self.explained(seed)
        for value in graph.values {
            let life = ValueLife(of: value.name, in: entry)
            #expect(life.events.first?.kind == .declared, "seed \(seed), \(value.name)")
            let isGone = life.events.contains { $0.kind == .removed }
            #expect((life.placement.storage == .absent) == isGone, "seed \(seed), \(value.name): \(life.text)")
        }
    }
}
