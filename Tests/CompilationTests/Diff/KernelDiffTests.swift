import Graph
import Passes
import TestSupport
import Testing

/// Differences of kernel graphs and programs.
@Suite struct KernelDiffTests {
    private static let seeds = 1...20

    private static func compiled(_ seed: Int) throws -> PlanCompiler.Entry {
        let graph = try PassManager().run(Pipelines.optimize, on: RandomGraph.make(seed: seed)).graph
        return try PlanCompiler().compile([graph]).entries[0]
    }

    private static func compiled(_ file: String, without disabled: Set<String> = []) throws -> PlanCompiler.Entry {
        let graph = try GraphParser.parse(TestFiles.read(file), file: file)
        var options = PlanCompiler.Options()
        options.disabled = disabled
        return try PlanCompiler(options: options).compile([graph]).entries[0]
    }

    @Test(arguments: seeds)
    func otherNamesAndOrdersAreTheSame(_ seed: Int) throws {
        let entry = try Self.compiled(seed)
        var disguise = Disguise(random: Random(seed: seed))
        let kernels = disguise.disguise(entry.kernels)
        let inKernels = KernelDiff(entry.kernels, kernels).level.differences
        #expect(inKernels.isEmpty, "seed \(seed): \(inKernels)")
        let inProgram = ProgramDiff(entry.program, disguise.disguise(entry.program)).level.differences
        #expect(inProgram.isEmpty, "seed \(seed): \(inProgram)")
    }

    @Test(arguments: seeds)
    func oneChangeIsOneDifference(_ seed: Int) throws {
        let entry = try Self.compiled(seed)
        for (index, kernel) in entry.kernels.kernels.enumerated() {
            for mutation in GraphMutation.all(of: kernel.body).prefix(1) {
                var kernels = entry.kernels
                kernels.kernels[index].body = mutation.graph
                let found = KernelDiff(entry.kernels, kernels).level.differences
                #expect(found.count == 1 && found[0].subject == .operation, "seed \(seed), \(mutation.what): \(found)")
            }
            var kernels = entry.kernels
            kernels.kernels[index].form = kernel.form == .reduction ? .product : .reduction
            let found = KernelDiff(entry.kernels, kernels).level.differences
            #expect(found.count == 1 && found[0].details.map(\.field) == ["form"], "seed \(seed), \(kernel.name): \(found)")
        }
    }

    @Test(arguments: seeds)
    func oneChangeOfAProgramIsOneDifference(_ seed: Int) throws {
        let program = try Self.compiled(seed).program
        var mutations: [(what: String, program: Program)] = []
        func mutate(_ what: String, _ change: (inout Program) -> Void) {
            var mutated = program
            change(&mutated)
            mutations.append((what, mutated))
        }
        let step = program.steps.count / 2
        mutate("tasks") { $0.steps[step].tasks += 1 }
        mutate("bytes") { $0.workspaceBytes += 64 }
        // Views of a moved slice would stay where they are, and be reported for that.
        let viewed = Set(program.slices.filter { $0.name != $0.storage }.map(\.storage))
        if let slice = program.slices.firstIndex(where: {
            $0.region == .workspace && $0.storage == $0.name && !viewed.contains($0.name)
        }) {
            mutate("place") { $0.slices[slice].offset += 64 }
            mutate("live") { $0.slices[slice].live = 0...program.slices[slice].live.upperBound + 1 }
        }
        for (what, mutated) in mutations {
            let found = ProgramDiff(program, mutated).level.differences
            #expect(found.count == 1, "seed \(seed), \(what): \(found)")
        }
    }

    /// What a pass joins shows as kernels that are gone and operations that moved; what is computed is the same.
    @Test(arguments: [("join", "graphs/mlp.grad.dg"), ("tile", "bench/graphs/attention.125.dg")])
    func passesMoveOperations(_ pass: String, _ file: String) throws {
        let (a, b) = (try Self.compiled(file, without: [pass]), try Self.compiled(file))
        let level = KernelDiff(a.kernels, b.kernels).level
        let removed = level.differences.filter { $0.kind == .removed }
        #expect(removed.count == a.kernels.kernels.count - b.kernels.kernels.count)
        #expect(removed.allSatisfy { $0.details.map(\.field) == ["operations now in"] })
        #expect(level.differences.allSatisfy { $0.subject == .kernel }, "the operations are the same")
        #expect(level.differences.contains { $0.details.contains { $0.field.hasPrefix("operations from ") } })
        let program = ProgramDiff(a.program, b.program, kernelsA: a.kernels, kernelsB: b.kernels).level
        #expect(program.sizes.contains { $0.name == "steps" && $0.a - $0.b == removed.count })
    }
}
