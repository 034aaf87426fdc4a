import Compilation
import Foundation
import Graph
import Passes
import Testing

/// Faults that are planted into passes are found, and shown by a small graph.
@Suite struct PassVerificationTests {
    /// A pass that exchanges the operands of one operation wherever it stands.
    private static func exchanging(_ op: BinaryOp) -> LevelPass {
        LevelPass(GraphPass(name: "exchange", summary: "Wrong.") { graph throws(Diagnostic) in
            var graph = graph
            for index in graph.nodes.indices {
                if graph.nodes[index].op == .binary(op) { graph.nodes[index].operands.reverse() }
            }
            return graph
        })
    }

    /// A pass that passes gradients on where there are none and the other way round, as a wrong rule would.
    private static let wrongGradient = LevelPass(
        GraphPass(name: "autodiff", summary: "Wrong.") { graph throws(Diagnostic) in
            var gradient = try Autodiff.gradient(of: graph, output: "loss")
            for index in gradient.nodes.indices {
                guard gradient.nodes[index].op == .select else { continue }
                gradient.nodes[index].operands.swapAt(1, 2)
            }
            return gradient
        })

    /// A pass that reads the wrong tensor in the last kernel that has a choice.
    private static let wrongOperand = LevelPass(
        Pass<KernelGraph, KernelGraph>(name: "misread", summary: "Wrong.") { kernels throws(Diagnostic) in
            var kernels = kernels
            for index in kernels.kernels.indices.reversed() {
                let operands = kernels.kernels[index].operands
                guard operands.count > 1, kernels.type(of: operands[0]) == kernels.type(of: operands[1]) else { continue }
                kernels.kernels[index].operands[1] = operands[0]
                return kernels
            }
            return kernels
        })

    private struct Caught {
        var error: Diagnostic
        var text: String
        var graph: Graph
    }

    private static func run(_ passes: [LevelPass], on file: String) throws -> Caught {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dg-verify-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("shown.dg").path
        let verification = PassVerification(check: PassCheck(seed: 3), reproducer: Reproducer(path: path)) { _ in }
        let graph = try GraphParser.parse(TestFiles.read("graphs/\(file)"), file: file)
        let error = try #require(throws: Diagnostic.self) {
            _ = try PassManager(observer: verification).run(passes, on: .graph(graph))
        }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return Caught(error: error, text: text, graph: try GraphParser.parse(text, file: path))
    }

    private static func passes(_ names: String...) throws -> [LevelPass] { try names.map { try PassRegistry.pass($0) } }

    @Test func exchangedOperandsAreShownByOneNode() throws {
        let passes = [try PassRegistry.pass("dead-code"), Self.exchanging(.divide), try PassRegistry.pass("simplify")]
        let caught = try Self.run(passes, on: "sinkhorn.dg")
        #expect(caught.error.id == "passes.changed-numbers" && caught.error.kind == .compilerBug)
        #expect(caught.error.message.contains("exchange") && caught.error.message.contains("shown.dg"), "\(caught.error)")
        #expect(caught.graph.nodes.count == 1 && caught.graph.nodes[0].op == .binary(.divide), "\(caught.text)")
        #expect(caught.text.contains("--passes exchange --verify-passes --seed 3"), "\(caught.text)")
    }

    @Test func wrongGradientRuleIsShown() throws {
        let caught = try Self.run([Self.wrongGradient], on: "mlp.dg")
        #expect(caught.error.message.contains("slope along grad."), "\(caught.error)")
        #expect(caught.graph.nodes.count <= 4, "\(caught.text)")
    }

    /// The graph is reduced although the fault is on the kernel level.
    @Test func wrongKernelIsShownByASmallGraph() throws {
        let passes = try Self.passes("autodiff", "dead-code", "pairs", "form-kernels") + [Self.wrongOperand]
        let caught = try Self.run(passes, on: "mlp.dg")
        #expect(caught.error.message.contains("misread"), "\(caught.error)")
        #expect(caught.graph.nodes.count <= 2, "\(caught.text)")
        #expect(caught.text.contains("--passes form-kernels,misread --verify-passes"), "\(caught.text)")
    }

    @Test(arguments: ["mlp.dg", "sinkhorn.dg"]) func rightPassesPass(_ file: String) throws {
        let verification = PassVerification(check: PassCheck(seed: 7), reproducer: Reproducer(path: "/dev/null/none")) { _ in }
        let graph = try GraphParser.parse(TestFiles.read("graphs/\(file)"), file: file)
        var passes = [try PassRegistry.pass("autodiff:wrt=all")]
        passes += try ["optimize", "kernels", "program"].flatMap { try NamedPipeline.named($0).passes }
        _ = try PassManager(observer: verification).run(passes, on: .graph(graph))
        #expect(verification.summary.contains("seed 7"))
    }

    /// Nothing is computed wrong then, and a result is missing nevertheless.
    @Test func lostAndReshapedOutputsAreFound() throws {
        let graph = try GraphParser.parse(TestFiles.read("graphs/mlp.dg"), file: "mlp.dg")
        let pass = try PassRegistry.pass("dead-code")
        var (lost, reshaped) = (graph, graph)
        lost.outputs.removeLast()
        let other = try #require(graph.inputs.first { graph.type(of: $0.value) != graph.type(of: graph.outputs[0].value) })
        reshaped.outputs[0].value = other.value
        for (after, words) in [(lost, "is no output any more"), (reshaped, "instead of")] {
            let finding = try #require(try PassCheck(seed: 1).finding(pass, before: .graph(graph), after: .graph(after)))
            #expect("\(finding)".contains(words), "\(finding)")
        }
    }

    /// A few characters of text can name more numbers than there is memory.
    @Test func graphsThatDoNotFitAreNotInterpreted() throws {
        let graph = try Graph.parsed(
            """
              input %x : f32[1099511627776]
              %y = exp %x : f32[1099511627776]
              output y = %y
            """)
        let pass = try PassRegistry.pass("dead-code")
        let error = try #require(throws: Diagnostic.self) {
            _ = try PassCheck(seed: 1).finding(pass, before: .graph(graph), after: .graph(graph))
        }
        #expect(error.id == "run.memory", "\(error)")
    }

    /// A value that is overwritten too early is found by running the steps.
    @Test func wrongMemoryPlanIsFound() throws {
        let graph = try GraphParser.parse(TestFiles.read("graphs/mlp.grad.dg"), file: "mlp.grad.dg")
        let entry = try #require(try PlanCompiler().compile([graph]).entries.first)
        let pass = try PassRegistry.pass("plan-memory")
        let (before, check) = (Representation.kernels(entry.kernels), PassCheck(seed: 1))
        #expect(try check.finding(pass, before: before, after: .program(entry.program)) == nil)
        var damaged = 0
        for index in entry.program.steps.indices.dropFirst() {
            var program = entry.program
            program.steps.swapAt(index, index - 1)
            (program.steps[index].epoch, program.steps[index - 1].epoch) = (program.steps[index - 1].epoch, program.steps[index].epoch)
            guard entry.program.steps[index].epoch != entry.program.steps[index - 1].epoch else { continue }
            if try check.finding(pass, before: before, after: .program(program)) != nil { damaged += 1 }
        }
        #expect(damaged > 0)
    }

    @Test func inputOfAFailingPassIsKept() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dg-fail-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let breaking = LevelPass(GraphPass(name: "breaking", summary: "Names an output twice.") { graph throws(Diagnostic) in
            var graph = graph
            graph.outputs.append(graph.outputs[0])
            return graph
        })
        let graph = try GraphParser.parse(TestFiles.read("graphs/mlp.dg"), file: "mlp.dg")
        let path = folder.appendingPathComponent("input.dg").path
        for expected in ["input.dg", "input-2.dg"] {
            let error = try #require(throws: Diagnostic.self) {
                _ = try PassManager(observer: Reproducer(path: path)).run([breaking], on: .graph(graph))
            }
            #expect(error.id == "verify.output-name" && error.message.contains(expected), "\(error)")
            let text = try String(contentsOfFile: folder.appendingPathComponent(expected).path, encoding: .utf8)
            #expect(text.contains("\(expected) --passes breaking\n") && text.hasSuffix(graph.text))
        }
    }
}
