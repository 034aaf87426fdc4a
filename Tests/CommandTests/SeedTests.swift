import Foundation
import Testing

/// `dgrun train --seeds`.
@Suite struct SeedTests {
    private static func arguments(_ path: String) throws -> [String] {
        try TrainingRun.emotionArguments(path) + ["--epochs", "2"]
    }

    private static func rows(_ path: String) throws -> [[Substring]] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }

    @Test func everySeedHasARunAndTheSummaryHasThemAll() throws {
        let folder = try TemporaryFolder()
        let output = try run(.dgrun, Self.arguments(folder.path("runs")) + ["--seeds", "5,6,9"]).succeeded().output
        #expect(output.contains("seed 9, 3 of 3\n") && output.contains("\ntest, 3 seeds, mean ± std (n - 1)\n  loss"))
        #expect(
            try names(in: folder.path("runs"))
                == ["run.json", "seed-5", "seed-6", "seed-9", "spec.json", "summary.csv", "summary.json"])
        // Each is the run that its seed gives alone.
        try run(.dgrun, Self.arguments(folder.path("six")) + ["--seed", "6"]).succeeded()
        try TrainingRun(path: folder.path("runs/seed-6")).equals(TrainingRun(path: folder.path("six")), "seed 6")

        let rows = try Self.rows(folder.path("runs/summary.csv"))
        #expect(rows.map { $0[0] } == ["seed", "5", "6", "9", "mean", "std"])
        let summary = try JSONText(String(contentsOfFile: folder.path("runs/summary.json"), encoding: .utf8))
        for (column, name) in rows[0].enumerated().dropFirst(3) {
            let values = try rows[1...3].map { try #require(Double($0[column])) }
            let mean = values.reduce(0, +) / 3
            let deviation = (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 2).squareRoot()
            #expect(try abs(#require(Double(rows[4][column])) - mean) < 1e-12)
            #expect(try abs(#require(Double(rows[5][column])) - deviation) < 1e-12)
            #expect(try abs(#require(summary.table("mean")[String(name)]) - mean) < 1e-12)
            #expect(try abs(#require(summary.table("std")[String(name)]) - deviation) < 1e-12)
        }
    }

    /// A seed that is over is not trained again, one that has begun goes on, others follow.
    @Test func seedsAreResumed() throws {
        let folder = try TemporaryFolder()
        let whole = folder.path("whole")
        let path = folder.path("runs")
        try run(.dgrun, Self.arguments(whole) + ["--seeds", "5,6,9"]).succeeded()
        _ = try folder.copy(whole, as: "runs")
        for name in ["summary.csv", "summary.json", "seed-6/result.json", "seed-9"] {
            try FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
        let first = try contents("\(path)/seed-5/result.json")
        let output = try run(.dgrun, "train", "--resume", path).succeeded().output
        #expect(output.contains("seed 5, 1 of 3\nseed 6, 2 of 3\ngoing on after epoch 2\nseed 9, 3 of 3\nepoch   1"))
        #expect(try contents("\(path)/seed-5/result.json") == first)
        #expect(try contents("\(path)/summary.csv") == contents("\(whole)/summary.csv"))
        for seed in [5, 6, 9] {
            try TrainingRun(path: "\(path)/seed-\(seed)").equals(TrainingRun(path: "\(whole)/seed-\(seed)"), "seed \(seed)")
        }
        // A seed that has a state is not begun again for want of its description.
        try FileManager.default.removeItem(atPath: "\(path)/seed-6/run.json")
        let refusal = try run(.dgrun, "train", "--resume", path)
        #expect(refusal.status == 2 && refusal.errors.contains("error[train.exists]: \(path)/seed-6: "), refusal.summary)
        #expect(try names(in: "\(path)/seed-6") == TrainingRun.files.filter { $0 != "run.json" })
        try run(.dgrun, "train", "--resume", path, "--seeds", "5,6").isRefused("train.different", "list of seeds", "5,6,9")
        try run(.dgrun, Self.arguments(path) + ["--seed", "3"]).isRefused("train.exists", path)
        try run(.dgrun, Self.arguments(path) + ["--seed", "3", "--overwrite"]).succeeded()
        #expect(try names(in: path) == TrainingRun.files)
    }
}
