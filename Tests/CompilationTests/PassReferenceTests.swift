import Graph
import Passes
import Testing

/// The registry of passes: complete, current in the documentation, and what the compiler runs.
@Suite struct PassReferenceTests {
    @Test func referenceIsCurrent() throws {
        try TestFiles.expect("docs/passes.md", toHold: PassReference.markdown())
    }

    @Test func namesAreUniqueAndFound() throws {
        let names = PassRegistry.all.map(\.name)
        #expect(Set(names).count == names.count)
        for entry in PassRegistry.all {
            let pass = try PassRegistry.pass(entry.name)
            #expect(pass.name == entry.name && pass.from == entry.from && pass.to == entry.to)
            #expect(!entry.summary.isEmpty && entry.summary.hasSuffix("."))
        }
    }

    @Test func pipelinesHoldRegisteredPassesOfFittingLevels() throws {
        for pipeline in NamedPipeline.all {
            #expect(!pipeline.passes.isEmpty)
            for (pass, next) in zip(pipeline.passes, pipeline.passes.dropFirst()) { #expect(pass.to == next.from, "\(pipeline.name)") }
            for pass in pipeline.passes { #expect(PassRegistry.all.contains { $0.name == pass.name }, "\(pass.name)") }
        }
    }

    /// The registry knows every pass that a compilation runs, and how to run it again by its spelling.
    @Test func compilationRunsRegisteredPasses() throws {
        let log = PassLog()
        let graph = try Graph.parsed("input %x : f32[4]\n%y = exp %x : f32[4]\noutput y = %y")
        for unfused in [false, true] {
            var options = PlanCompiler.Options()
            (options.unfused, options.noReuse) = (unfused, unfused)
            let optimized = try PassManager(observer: log).run(Pipelines.optimize, on: graph).graph
            _ = try PlanCompiler(options: options, observer: log).compile([optimized])
        }
        let spellings = log.spellings
        #expect(spellings.count == 2 * Pipelines.optimize.count + Pipelines.kernels().count + 3)
        for spelling in spellings { #expect(try PassRegistry.pass(spelling).spelling == spelling) }
    }

    @Test(arguments: [
        ("fast", "passes.name"), ("dead-code:all", "passes.option"), ("optimizer:clip", "passes.option"),
        ("optimizer:clip=much", "passes.option"), ("optimizer:clip=-1", "passes.option"), ("autodiff:wrt=x", "passes.option"),
        ("form-kernels:unfused=1", "passes.option"),
    ]) func wrongOptionsAreRefused(_ spelling: String, _ id: String) throws {
        let error = try #require(throws: Diagnostic.self) { _ = try PassRegistry.pass(spelling) }
        #expect(error.id == id && error.kind == .userError)
    }

    @Test func levelsThatDoNotFitAreRefused() throws {
        let graph = try Graph.parsed("input %x : f32[]\noutput x = %x")
        let passes = [try PassRegistry.pass("dead-code"), try PassRegistry.pass("plan-memory")]
        let error = try #require(throws: Diagnostic.self) { _ = try PassManager().run(passes, on: .graph(graph)) }
        #expect(error.id == "passes.level" && error.message.contains("dead-code"))
    }

    /// What the compiler computes does not depend on any optional pass on the graph level.
    @Test func everyOptionalPassCanBeLeftOut() throws {
        let names = PassRegistry.all.filter { $0.isOptional && $0.to == .graph }.map(\.name)
        for file in ["mlp.dg", "sinkhorn.dg"] {
            let source = try GraphParser.parse(TestFiles.read("graphs/\(file)"), file: file)
            let inputs = source.inputs.map(\.value).map { [source] in source.name(of: $0) }
            let gradient = try Autodiff.gradient(of: source, output: "loss", withRespectTo: inputs)
            var graphs: [Graph] = []
            for name in names {
                var graph = try PassManager(disabled: [name]).run(Pipelines.optimize, on: gradient).graph
                graph.name = name
                graphs.append(graph)
            }
            let plan = try CompiledPlan(graphs)
            var random = Random(seed: 5)
            let values = random.inputs(gradient)
            let expected = try gradient.run(values)
            for (entry, name) in names.enumerated() {
                for (found, wanted) in zip(try plan.run(entry, values, threads: 2), expected) {
                    #expect(found.distance(to: wanted) < 1e-4, "\(file) without \(name)")
                }
            }
        }
    }
}
