import Foundation
import Testing

/// `dgc compile --max-memory`.
@Suite struct MemoryLimitTests {
    @Test func largePlanIsRefused() throws {
        let folder = try TemporaryFolder()
        let plan = try folder.copy(Fixtures.graphPlan(), as: "a.plan")
        let before = try PlanCopy.files.map { try contents("\(plan)/\($0)") }
        let outcome = try run(
            .dgc, "compile", Fixtures.golden("mosi_small.json"), "-o", plan, "--max-memory", "64KiB", "--no-reuse")
        outcome.isRefused(
            "memory.limit", plan, "workspace ", "parameters ", "train.8", "smaller batch", "--no-reuse",
            "expected at most 65536 bytes", "found ")
        #expect(try PlanCopy.files.map { try contents("\(plan)/\($0)") } == before)
        #expect(try folder.names == ["a.plan"])
    }

    /// The message names the values, the largest first, and the exact number of bytes.
    @Test func limitIsExact() throws {
        let folder = try TemporaryFolder()
        let graph = try folder.write(Self.chain, as: "a.dg")
        func compile(_ limit: String) throws -> Outcome {
            try run(.dgc, "compile", graph, "-o", folder.path("a.plan"), "--max-memory", limit, "--unfused", "--no-reuse")
        }
        let refusal = try compile("1")
        refusal.isRefused(
            "memory.limit", "chain", "wide 16384, y 4096", "leaving out --unfused --no-reuse", "at most 1 bytes")
        let needed = try #require(refusal.errorLines.first?.components(separatedBy: "found ").last.flatMap { Int($0) })
        try compile("\(needed - 1)").isRefused("memory.limit", "found \(needed)")
        try compile("\(needed)").succeeded()
        try compile("\(needed / 1024 + 1)KiB").succeeded()
        try compile("1GiB").succeeded()
    }

    /// Where a plan does not fit, layers are computed again; the numbers stay.
    @Test func layersAreComputedAgainUntilThePlanFits() throws {
        let folder = try TemporaryFolder()
        let (whole, small) = (folder.path("whole.plan"), folder.path("small.plan"))
        func compile(_ plan: String, _ options: String...) throws -> Outcome {
            try run(.dgc, ["compile", Fixtures.golden("mosi_small.json"), "-o", plan, "--entries", "train"] + options)
        }
        let refusal = try compile(whole, "--max-memory", "1", "--disable", "recompute")
        refusal.isRefused("memory.limit", "found ")
        let needed = try #require(refusal.errorLines.first?.components(separatedBy: "found ").last.flatMap { Int($0) })
        try compile(whole).succeeded()
        let outcome = try compile(small, "--max-memory", "\(needed - 1)")
        try outcome.succeeded()
        #expect(outcome.output.contains("% of the layers are computed again"))
        // What a limit led to is up to date as long as the limit is the same.
        #expect(try compile(small, "--max-memory", "\(needed - 1)").output.contains("up to date"))
        try run(.dgc, "compare", whole, small, "--entry", "train").succeeded()
        try compile(small, "--max-memory", "1").isRefused("memory.limit", "even if", "of the layers are computed again")
    }

    @Test func partOfTheLayersIsInPercent() throws {
        let folder = try TemporaryFolder()
        try run(.dgc, "compile", Fixtures.golden("mosi_small.json"), "-o", folder.path("a.plan"), "--recompute", "101")
            .isRefused("arguments.percent", "--recompute", "0 to 100", "101")
    }

    @Test(arguments: ["", "0", "-1", "1kb", "MiB", "1.5GiB", "99999999999GiB", "١KiB"]) func wrongNumberIsNamed(_ limit: String) throws {
        let folder = try TemporaryFolder()
        let graph = try folder.write(Fixtures.graphText, as: "a.dg")
        try run(.dgc, "compile", graph, "-o", folder.path("a.plan"), "--max-memory", limit)
            .isRefused("arguments.bytes", "--max-memory", "KiB, MiB or GiB")
        #expect(try folder.names == ["a.dg"])
    }

    private static let chain = """
        dg 1 graph

        graph @chain {
          input %x : f32[1024]
          %y = exp %x : f32[1024]
          %wide = broadcast %y {axes=[1]} : f32[4,1024]
          %total = reduce %wide {kind=sum, axes=[0,1]} : f32[]
          output total = %total
        }

        """
}
