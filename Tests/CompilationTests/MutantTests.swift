import Compilation
import Foundation
import Graph
import Models
import Passes
import TestSupport
import Testing

/// The checks themselves under attack: programs and gradients with a planted mistake have to be noticed.
///
/// `DG_MUTANTS` is the number of programs with a mistake, `DG_SEED` decides which.
@Suite struct MutantTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["DG_MUTANTS"].flatMap { Int($0) } ?? 300
    private static let seed = environment["DG_SEED"].flatMap { Int($0) } ?? 1
    private static let wantedShare = 0.95

    private struct Subject {
        let graph: Graph
        let kernels: KernelGraph
        let program: Program
    }

    /// A perceptron and a transport with their gradients, a step of training that updates parameters in place, and random graphs.
    private static let subjects = Result {
        var graphs = [
            try Autodiff.gradient(of: Examples.mlp(), output: "loss", withRespectTo: ["fc1.weight", "fc2.weight", "fc3.bias"]),
            try Autodiff.gradient(of: Examples.sinkhorn(count: 3, iterations: 4), output: "loss", withRespectTo: ["cost"]),
        ]
        let step = OptimizerStep(weightDecay: 1e-3, clip: 0.5, frozen: [])
        let passes = [Pipelines.gradient(of: "loss"), Pipelines.optimizer(step)]
        graphs.append(try PassManager().run(passes, on: Examples.mlp(batch: 4, inputs: 3, hidden: 5)).graph)
        for seed in 1...6 { graphs.append(try RandomGraph.make(seed: 900 + seed)) }
        return try graphs.map { graph in
            let optimized = try PassManager().run(Pipelines.optimize, on: graph).graph
            let entry = try PlanCompiler().compile([optimized]).entries[0]
            return Subject(graph: optimized, kernels: entry.kernels, program: entry.program)
        }
    }

    private static func isRefused(_ program: Program, _ subject: Subject) -> Bool {
        do {
            try ProgramVerifier.verify(program, implements: subject.kernels)
            return false
        } catch {
            return true
        }
    }

    /// Whether a program computes something else than its kernels, in either order of the steps of an epoch.
    private static func isHarmful(_ program: Program, _ subject: Subject) throws -> Bool {
        let pass = try #require(NamedPipeline.named("program").passes.last)
        return notices(pass, .kernels(subject.kernels), .program(program))
    }

    /// Whether running what a pass made, beside what it was given, shows a difference or is refused.
    private static func notices(_ pass: LevelPass, _ before: Representation, _ after: Representation) -> Bool {
        do {
            return try PassCheck(seed: 3).finding(pass, before: before, after: after) != nil
        } catch {
            return true
        }
    }

    /// The verifier alone, which runs nothing, refuses nearly all programs that would compute something else.
    ///
    /// Some mistakes happen to do no harm, such as a slice that is moved to where nothing lives.
    @Test func wrongProgramsAreRefused() throws {
        let subjects = try Self.subjects.get()
        for subject in subjects {
            let isSound = try !Self.isRefused(subject.program, subject) && !Self.isHarmful(subject.program, subject)
            try #require(isSound, "@\(subject.program.name)")
        }
        var random = Random(seed: Self.seed)
        var (refused, harmless) = (0, 0)
        var survivors: [String] = []
        var kinds: Set<ProgramMutant.Kind> = []
        for number in 0..<Self.count {
            let kind = ProgramMutant.Kind.allCases[number % ProgramMutant.Kind.allCases.count]
            var made: (subject: Subject, mutant: ProgramMutant)?
            // Not every kind has something to change in every place.
            for _ in 0..<100 where made == nil {
                let subject = random.choose(subjects)
                made = ProgramMutant.make(kind, of: subject.program, &random).map { (subject, $0) }
            }
            let (subject, mutant) = try #require(made, "\(kind)")
            kinds.insert(kind)
            if Self.isRefused(mutant.program, subject) {
                refused += 1
            } else if try Self.isHarmful(mutant.program, subject) {
                survivors.append("@\(subject.program.name) \(mutant.what)")
            } else {
                harmless += 1
            }
        }
        let summary = "DG_SEED=\(Self.seed): \(Self.count) mutants, \(refused) refused, \(survivors.count) accepted ones compute something "
            + "else, \(harmless) the same"
        if Self.environment["DG_MUTANTS"] != nil { print(summary) }
        #expect(kinds.count == ProgramMutant.Kind.allCases.count)
        #expect(refused > Self.count / 2, "\(summary)")
        #expect(Double(survivors.count) <= (1 - Self.wantedShare) * Double(refused), "\(summary): \(survivors)")
    }

    /// Every change of one node of a gradient that changes what the graph computes at all.
    @Test func wrongGradientsAreCaught() throws {
        let forward = try Examples.mlp(batch: 4, inputs: 3, hidden: 5)
        let pass = LevelPass(Pipelines.gradient(of: "loss"))
        let gradient = try PassManager().run([Pipelines.gradient(of: "loss")], on: forward).graph
        let check = PassCheck(seed: 3)
        try #require(!Self.notices(pass, .graph(forward), .graph(gradient)))
        let mutants = GraphMutation.all(of: gradient).filter { (try? GraphVerifier.verify($0.graph)) != nil }
        let expected = try ReferenceRun(gradient, inputs: SeededInputs(seed: 5).tensors(gradient))
        var (caught, tried) = (0, 0)
        var survivors: [String] = []
        for mutant in mutants {
            guard let found = try? ReferenceRun(mutant.graph, inputs: SeededInputs(seed: 5).tensors(gradient)),
                check.finding("mutant", expected, found) != nil
            else { continue }
            tried += 1
            if Self.notices(pass, .graph(forward), .graph(mutant.graph)) { caught += 1 } else { survivors.append(mutant.what) }
        }
        #expect(tried >= 20, "\(tried)")
        #expect(Double(caught) >= Self.wantedShare * Double(tried), "\(caught) of \(tried); \(survivors)")
    }
}
