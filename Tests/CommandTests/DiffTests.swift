import Foundation
import Testing

/// `dgc diff`: exit codes, forms of output, refusals.
@Suite struct DiffTests {
    private static let changed = Fixtures.graphText.replacingOccurrences(of: "multiply %x, %wide", with: "multiply %wide, %x")
    private static let renamed = Fixtures.graphText.replacingOccurrences(of: "%wide", with: "%broad")
        .replacingOccurrences(of: "%x", with: "%data")

    private static func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        _ = try folder.write(Fixtures.graphText, as: "a.dg")
        _ = try folder.write(changed, as: "changed.dg")
        _ = try folder.write(renamed, as: "renamed.dg")
        return folder
    }

    @Test func equalGraphsEndWithZero() throws {
        let folder = try Self.folder()
        let output = try run(.dgc, "diff", "a.dg", "renamed.dg", in: folder.root).succeeded().output
        #expect(output == "graph @affine: no difference\n  note: 1 input has another name: %x is %data\n")
    }

    @Test func differentGraphsEndWithOne() throws {
        let folder = try Self.folder()
        let outcome = try run(.dgc, "diff", "a.dg", "changed.dg", in: folder.root)
        #expect(outcome.status == 1 && outcome.errors.isEmpty, outcome.summary)
        #expect(outcome.output == "graph @affine: 1 changed\n~ multiply %y\n    operand order: %x, %wide → %wide, %x\n")
    }

    @Test func differencesAsJSON() throws {
        let folder = try Self.folder()
        let outcome = try run(.dgc, "diff", "a.dg", "changed.dg", "--json", in: folder.root)
        #expect(outcome.status == 1 && outcome.errors.isEmpty, outcome.summary)
        let report = try JSONText(outcome.output).members
        #expect(report["version"] as? Int == 1 && report["same"] as? Bool == false && report["b"] as? String == "changed.dg")
        let level = try #require((report["levels"] as? [[String: Any]])?.first)
        #expect(level["level"] as? String == "graph" && level["name"] as? String == "affine")
        let difference = try #require((level["differences"] as? [[String: Any]])?.first)
        #expect(difference["kind"] as? String == "changed" && difference["subject"] as? String == "operation")
        #expect(difference["what"] as? String == "multiply" && difference["a"] as? String == "%y")
        let details = try #require(difference["details"] as? [[String: String]])
        #expect(details == [["field": "operand order", "a": "%x, %wide", "b": "%wide, %x"]])
        let same = try JSONText(run(.dgc, "diff", "a.dg", "a.dg", "--json", in: folder.root).succeeded().output).members
        #expect(same["same"] as? Bool == true)
    }

    @Test func textsAsUnifiedDiff() throws {
        let folder = try Self.folder()
        let outcome = try run(.dgc, "diff", "--text", "a.dg", "changed.dg", in: folder.root)
        #expect(outcome.status == 1 && outcome.errors.isEmpty, outcome.summary)
        #expect(
            outcome.output == """
                --- a.dg
                +++ changed.dg
                @@ -5,7 +5,7 @@
                   input %w : f32[3] parameter
                   input %chosen : i32[2]
                   %wide = broadcast %w {axes=[1]} : f32[4,3]
                -  %y = multiply %x, %wide : f32[4,3]
                +  %y = multiply %wide, %x : f32[4,3]
                   %rows = gather %y, %chosen : f32[2,3]
                   output y = %y
                   output rows = %rows

                """)
        #expect(try run(.dgc, "diff", "--text", "a.dg", "a.dg", in: folder.root).succeeded().output.isEmpty)
    }

    @Test func otherLevelsAndPlans() throws {
        let folder = try Self.folder()
        for stage in ["kernels", "program"] {
            for name in ["a", "changed"] {
                let text = try run(.dgc, "dump", "\(name).dg", "--stage", stage, in: folder.root).succeeded().output
                _ = try folder.write(text, as: "\(name).\(stage)")
            }
            let same = try run(.dgc, "diff", "a.\(stage)", "a.\(stage)", in: folder.root).succeeded().output
            #expect(same.hasSuffix(": no difference\n") && same.split(separator: "\n").count == 1)
        }
        #expect(try run(.dgc, "diff", "a.kernels", "changed.kernels", in: folder.root).status == 1)
        let plan = try Fixtures.graphPlan()
        let same = try run(.dgc, "diff", plan, plan).succeeded().output
        #expect(same == ["graph", "kernels", "program"].map { "\($0) @affine: no difference\n" }.joined())
        let other = try run(.dgc, "diff", plan, Fixtures.sentimentPlan())
        #expect(other.status == 1, other.summary)
        #expect(other.output.contains("- entry affine") && other.output.contains("+ entry train.8"), other.summary)
    }

    /// Programs are compared before anybody has verified them.
    @Test func epochsOutOfOrderAreCompared() throws {
        let folder = try TemporaryFolder()
        let program = """
            dg 1 program

            program @p {
              workspace 64 bound 64
              slice %x : f32[2] inputs 0 live 0..0
              slice %a : f32[2] workspace 0 live 0..1
              slice %y : f32[2] outputs 0 live 1..1
              input x = %x
              step EPOCH %a = tanh %x {tasks=1}
              step 1 %y = exp %a {tasks=1}
              output y = %y
            }

            """
        _ = try folder.write(program.replacingOccurrences(of: "EPOCH", with: "1000000"), as: "a.dg")
        _ = try folder.write(program.replacingOccurrences(of: "EPOCH", with: "0"), as: "b.dg")
        try run(.dgc, "diff", "a.dg", "a.dg", in: folder.root).succeeded()
        let outcome = try run(.dgc, "diff", "a.dg", "b.dg", in: folder.root)
        #expect(!outcome.isSignal && outcome.status != 3, outcome.summary)
    }

    @Test func refusals() throws {
        let folder = try Self.folder()
        _ = try folder.write("dg 1 graph\ngrph @a {\n", as: "broken.dg")
        _ = try folder.copy(Fixtures.graphPlan(), as: "graph.plan")
        func diff(_ a: String, _ b: String) throws -> Outcome { try run(.dgc, "diff", a, b, in: folder.root) }
        try diff("a.dg", "graph.plan").isRefused("diff.levels", "graph.plan", "graph, like a.dg", "plan")
        try diff("missing.dg", "a.dg").isRefused("file.unreadable", "missing.dg")
        try diff("a.dg", "missing.plan").isRefused("plan.missing", "missing.plan")
        try diff("a.dg", "broken.dg").isRefused("text.expected", "broken.dg", hasPlace: true)
        try run(.dgc, "diff", "a.dg", in: folder.root).showsUsage("B")
        try run(.dgc, "diff", "a.dg", "a.dg", "--json", "--text", in: folder.root).showsUsage("exclude each other")
    }
}
