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

    private static func violations(
        _ plan: PlanBundle, threads: Int = 2, _ change: (inout Program) -> Void = { _ in }
    ) throws -> [GuardedRun.Violation] {
        var plan = plan
        change(&plan.programs[0])
        return try GuardedRun(plan, entry: 0, threads: threads).violations(seed: 3)
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

    /// One byte before and one behind each region, and behind the scratch memory, of which this plan has none.
    @Test func stepsThatLeaveTheirRegionsAreFound() throws {
        let folder = try TemporaryFolder(for: "dg-test")
        defer { folder.remove() }
        let plan = try Self.plan(folder)
        let sizes = Region.allCases.map { (region: $0.index, bytes: PlanInstance.bytes(of: $0, plan.programs[0])) } + [(region: 5, bytes: 0)]
        let places = sizes.map { "regions[\($0.region)][-1] = 1; regions[\($0.region)][\($0.bytes)] = 1;" }
        let line = "    request->found = 0;\n"
        try Self.replace(line, "\(line)    if (request->first == 1) { \(places.joined(separator: " ")) }\n", in: plan)
        let found = try Self.violations(plan)
        #expect(found.count == 6 && Set(found.map(\.epoch)) == [plan.programs[0].steps[1].epoch], "\(found)")
        for (violation, name) in zip(found, Region.allCases.map { "region \($0.rawValue)" } + ["scratch memory of 2 threads"]) {
            guard case .left(name, let size, bytes: 2, first: -1) = violation.kind else {
                Issue.record("\(name): \(violation)")
                continue
            }
            #expect("\(violation)".hasSuffix("leaves the \(name): 2 bytes changed, the first 1 bytes before it"), "\(size)")
        }
    }

    /// What lies there is zero in most runs, which hides the mistake.
    @Test func aStepThatReadsBehindItsRegionIsFound() throws {
        let folder = try TemporaryFolder(for: "dg-test")
        defer { folder.remove() }
        let plan = try Self.plan(folder)
        let bytes = PlanInstance.bytes(of: .parameters, plan.programs[0])
        let line = "    request->found = 0;\n"
        try Self.replace(line, "\(line)    *(float *)regions[0] += *(float *)(regions[0] + \(bytes));\n", in: plan)
        let found = try Self.violations(plan)
        #expect(found.contains { if case .differs = $0.kind { true } else { false } }, "\(found)")
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
