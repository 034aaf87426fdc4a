import Foundation
import Testing

/// `dgrun bench` and `dgrun synthetic`.
@Suite struct BenchTests {
    @Test(arguments: ["infer", "loss", "grad", "train"]) func jsonHasTimesAndBytes(_ entry: String) throws {
        let output = try run(
            .dgrun, "bench", Fixtures.sentimentPlan(), "--entry", entry, "--iterations", "3", "--threads", "1", "--json"
        ).succeeded().output
        #expect(output.split(separator: "\n").count == 1)
        let result = try JSONText(output)
        #expect(result.members["entry"] as? String == "\(entry).8")
        let (median, minimum) = try (result.number("median_ms"), result.number("min_ms"))
        #expect(minimum > 0 && minimum <= median)
        #expect(try result.number("arena_bytes") > result.number("workspace_bytes"))
        #expect(try result.number("peak_resident_bytes") > result.number("arena_bytes"))
        #expect(try result.number("threads") == 1 && result.number("iterations") == 3)
    }

    @Test func textNamesTheEntry() throws {
        let output = try run(.dgrun, "bench", Fixtures.emotionPlan(), "--iterations", "2", "--per-kernel").succeeded().output
        #expect(output.hasPrefix("train.12, ") && output.contains("  median ") && output.contains("by kernel function"))
        let smaller = try run(.dgrun, "bench", Fixtures.emotionPlan(), "--iterations", "2", "--batch", "6").succeeded().output
        #expect(smaller.hasPrefix("train.6, "))
        #expect(try run(.dgrun, "bench", Fixtures.graphPlan(), "--iterations", "2").succeeded().output.hasPrefix("affine, "))
    }

    @Test func missingEntryIsNamed() throws {
        let plan = try Fixtures.sentimentPlan()
        try run(.dgrun, "bench", plan, "--entry", "test").isRefused("bench.entry", "sentiment.plan", "train.8", "found test")
        try run(.dgrun, "bench", plan, "--entry", "train.8", "--iterations", "1").succeeded()
        try run(.dgrun, "bench", plan, "--batch", "9").isRefused("bench.entry", "train.8", "found train.9")
        try run(.dgrun, "bench", plan, "--entry", "graph").isRefused("bench.entry", "found graph")
    }

    @Test func syntheticDataTrains() throws {
        let folder = try TemporaryFolder()
        for name in ["a.npz", "b.npz"] {
            let output = try run(.dgrun, "synthetic", "--out", folder.path(name), "--seed", "4").succeeded().output
            #expect(output.contains("train 512, valid 128, test 256") && output.contains("best reachable correlation"))
        }
        #expect(try contents(folder.path("a.npz")) == contents(folder.path("b.npz")))
        #expect(try TensorFile(npz: folder.path("a.npz")).shape("train_text") == [512, 8, 24])
        #expect(try folder.names == ["a.npz", "b.npz"])
        let specification = URL(fileURLWithPath: Fixtures.golden("")).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("configs/demo.json").path
        let text = try run(.dgc, "dump", specification, "--data", folder.path("a.npz")).succeeded().output
        #expect(text.contains("input %text : f32[32,8,24]"))
    }
}
