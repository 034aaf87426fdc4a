import Compilation
import Data
import Foundation
import Graph
import Passes
import Runtime
import Testing

/// What `dgrun verify` looks for is found where it is planted.
@Suite struct VerificationTests {
    private static let text = """
          input %x : f32[24,16]
          input %w : f32[16,8] parameter
          %product = dot %x, %w {batch=[[],[]], contract=[[1],[0]]} : f32[24,8]
          %exp = exp %product : f32[24,8]
          %sum = reduce %exp {kind=sum, axes=[0]} : f32[8]
          %squares = multiply %sum, %sum : f32[8]
          %back = dot %exp, %squares {batch=[[],[]], contract=[[1],[0]]} : f32[24]
          %scaled = multiply %back, %back : f32[24]
          output scaled = %scaled
          output squares = %squares
        """

    /// A plan on disk, every operation a kernel of its own.
    private static func plan(_ folder: TemporaryFolder) throws -> PlanBundle {
        var options = PlanCompiler.Options()
        options.unfused = true
        return try GraphCompilation(Graph.parsed(text)).request(options: options).write(to: "\(folder.path)/test.plan")
    }

    private static func instance(_ plan: PlanBundle, _ change: (inout Program) -> Void = { _ in }) throws -> PlanInstance {
        var programs = plan.programs
        change(&programs[0])
        return try PlanInstance(programs: programs, libraryPath: plan.libraryPath, threads: 2)
    }

    private static func violations(_ plan: PlanBundle, _ change: (inout Program) -> Void = { _ in }) throws -> [GuardedRun.Violation] {
        try GuardedRun(instance(plan, change), entry: 0).violations(plan, seed: 3)
    }

    @Test func aSoundPlanIsVerified() throws {
        let folder = try TemporaryFolder(for: "dg-test")
        defer { folder.remove() }
        let plan = try Self.plan(folder)
        #expect(try Self.violations(plan) == [])
        #expect(try ThreadBits(plan, entry: 0, seed: 3).difference(steps: 2, rounds: 2) == nil)
        #expect(try InterpreterCheck(plan, entry: 0, seed: 3).disagreement(threads: 2, tolerance: 1e-5) == nil)
        let claim = try MemoryClaim(plan, entry: 0, seed: 3, threads: 2)
        #expect(claim.isKept && claim.claimedBytes > 0)
    }

    @Test(arguments: ["product", "exp", "sum"])
    func aValueThatIsReadAfterItsLifeIsFound(_ name: String) throws {
        let folder = try TemporaryFolder(for: "dg-test")
        defer { folder.remove() }
        let violations = try Self.violations(Self.plan(folder)) { program in
            for index in program.slices.indices where program.slices[index].name == name {
                program.slices[index].live = program.slices[index].live.lowerBound...program.slices[index].live.lowerBound
            }
        }
        #expect(violations.contains { if case .differs = $0.kind { true } else { false } }, "\(violations)")
    }

    @Test func aWriteThatIsNotDeclaredIsFound() throws {
        let folder = try TemporaryFolder(for: "dg-test")
        defer { folder.remove() }
        let plan = try Self.plan(folder)
        let step = try #require(plan.programs[0].steps.firstIndex { $0.writes.contains { plan.programs[0].slices[$0].name == "exp" } })
        let violations = try Self.violations(plan) { $0.steps[step].writes = [] }
        let first = try #require(violations.first)
        guard case .written(.workspace, let bytes, _, let values) = first.kind else {
            Issue.record("\(violations)")
            return
        }
        #expect(first.epoch == plan.programs[0].steps[step].epoch && bytes > 500 && values.contains("exp"), "\(violations)")
    }

    @Test func aKernelThatWritesTooFarIsFound() throws {
        let folder = try TemporaryFolder(for: "dg-test")
        defer { folder.remove() }
        // The kernel computes all of the sum; the program says that it is shorter.
        let violations = try Self.violations(Self.plan(folder)) { program in
            for index in program.slices.indices where program.slices[index].name == "sum" { program.slices[index].type.shape = [5] }
        }
        let first = try #require(violations.first)
        guard case .written(.workspace, let bytes, _, []) = first.kind else {
            Issue.record("\(violations)")
            return
        }
        #expect((1...12).contains(bytes), "\(violations)")
        #expect("\(first)".contains("memory of no value"))
    }

    /// Replaces code in a plan's kernels, and compiles them again.
    private static func replace(_ old: String, _ new: String, in plan: PlanBundle) throws {
        let source = try String(contentsOfFile: plan.sourcePath, encoding: .utf8)
        try #require(source.contains(old))
        try source.replacingOccurrences(of: old, with: new).write(toFile: plan.sourcePath, atomically: true, encoding: .utf8)
        try CCompiler.find().compile(source: plan.sourcePath, library: plan.libraryPath)
    }

    @Test func memoryThatIsNotClaimedIsFound() throws {
        let folder = try TemporaryFolder(for: "dg-test")
        defer { folder.remove() }
        let plan = try Self.plan(folder)
        let line = "    request->found = 0;\n"
        let taking = "    static char taken[96 << 20]; for (unsigned long i = 0; i < sizeof taken; i += 512) ((volatile char *)taken)[i] = 1;\n"
        try Self.replace(line, line + taking, in: plan)
        let claim = try MemoryClaim(plan, entry: 0, seed: 3, threads: 2)
        let obtained = try #require(claim.obtainedBytes)
        #expect(!claim.isKept && obtained > 96 << 20, "\(obtained)")
    }

    @Test func workThatManyThreadsLoseIsFound() throws {
        let folder = try TemporaryFolder(for: "dg-test")
        defer { folder.remove() }
        let plan = try Self.plan(folder)
        try Self.replace("if (begin == end) continue;", "if (begin == end || thread > 4) continue;", in: plan)
        let difference = try #require(try ThreadBits(plan, entry: 0, seed: 3).difference(steps: 1, rounds: 1))
        #expect(difference.threads > 5, "\(difference)")
    }

    /// Up to the sixth power of e^x is put out, so that the second mistake is one of 5e-5 there.
    @Test(arguments: ["x += x * 0x1p-8f;", "x += 0x1p-17f;"])
    func wrongCodeIsFound(_ mistake: String) throws {
        let folder = try TemporaryFolder(for: "dg-test")
        defer { folder.remove() }
        let plan = try Self.plan(folder)
        let line = "DG_INLINE float dg_exp(float x)\n{"
        try Self.replace(line, "\(line) \(mistake)", in: plan)
        let disagreement = try #require(try InterpreterCheck(plan, entry: 0, seed: 3).disagreement(threads: 2, tolerance: 1e-5))
        #expect(disagreement.relative > 1e-5, "\(disagreement)")
    }

    /// No number of the first draws is larger than one.
    @Test func wrongCodeForLargeNumbersIsFound() throws {
        let folder = try TemporaryFolder(for: "dg-test")
        defer { folder.remove() }
        let text = """
              input %x : f32[4096]
              %y = exp %x : f32[4096]
              output y = %y
            """
        let plan = try GraphCompilation(Graph.parsed(text)).request().write(to: "\(folder.path)/test.plan")
        let line = "DG_INLINE float dg_exp(float x)\n{"
        try Self.replace(line, "\(line) x = x > 2.0f ? 2.0f : x;", in: plan)
        let disagreement = try #require(try InterpreterCheck(plan, entry: 0, seed: 3).disagreement(threads: 2, tolerance: 1e-5))
        #expect(disagreement.expected > disagreement.found, "\(disagreement)")
    }
}
