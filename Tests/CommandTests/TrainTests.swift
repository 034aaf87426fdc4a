import Foundation
import Testing

/// `dgrun train` and what it leaves in its folder.
@Suite struct TrainTests {
    private func train(_ folder: TemporaryFolder, _ name: String, _ options: String...) throws -> Outcome {
        let arguments = try ["train", Fixtures.sentimentPlan(), "--data", Fixtures.sentimentData(), "--out", folder.path(name)]
        return try run(.dgrun, arguments + options).succeeded()
    }

    private func trainEmotions(_ folder: TemporaryFolder, _ name: String, _ options: String...) throws -> Outcome {
        let arguments = try ["train", Fixtures.emotionPlan(), "--data", Fixtures.emotionData(), "--out", folder.path(name)]
        return try run(.dgrun, arguments + options).succeeded()
    }

    @Test func everyEpochHasALineOfMetrics() throws {
        let folder = try TemporaryFolder()
        let output = try train(folder, "run", "--epochs", "3", "--log-steps").output
        #expect(try names(in: folder.path("run")) == TrainingRun.files)
        let lines = try JSONText.lines(folder.path("run/metrics.jsonl"))
        #expect(try lines.map { try $0.number("epoch") } == [1, 2, 3])
        for line in lines {
            let losses = try line.numbers("train_losses")
            #expect(losses.count == 3)
            #expect(try abs(line.number("train_loss") - losses.reduce(0, +) / 3) < 1e-12)
            #expect(try line.table("train_components").keys.sorted() == ["ct", "dec", "hete", "homo", "task"].map { "loss.\($0)" })
            #expect(try line.table("valid").keys.sorted() == ["Acc_2", "Acc_7", "Corr", "F1_score", "MAE"])
            #expect(try line.number("valid_loss") > 0 && line.number("seconds") >= 0)
            #expect(try line.number("learning_rate") == 0.001)
        }
        #expect(output.contains("epoch   3") && output.contains("test, epoch "))
        let unlogged = try train(folder, "unlogged", "--epochs", "1")
        #expect(try JSONText.lines(folder.path("unlogged/metrics.jsonl"))[0].members["train_losses"] == nil, unlogged.summary)
    }

    @Test func jsonIsOneLine() throws {
        let folder = try TemporaryFolder()
        let output = try train(folder, "run", "--epochs", "2", "--json").output
        #expect(output.split(separator: "\n").count == 1)
        let result = try JSONText(output)
        #expect(try result.table("test").keys.sorted() == ["Acc_2", "Acc_7", "Corr", "F1_score", "MAE"])
        #expect(try result.number("epochs") == 2 && (1...2).contains(result.number("best_epoch")))
        #expect(try result.number("seconds") > 0)
    }

    /// With dropout, shuffled batches and a remainder batch.
    @Test func sameSeedGivesTheSameBytes() throws {
        let folder = try TemporaryFolder()
        _ = try trainEmotions(folder, "first", "--seed", "5", "--epochs", "3", "--threads", "1")
        for threads in ["1", "2", "3"] {
            _ = try trainEmotions(folder, threads, "--seed", "5", "--epochs", "3", "--threads", threads)
            for file in ["last.safetensors", "best.safetensors"] {
                #expect(
                    try contents(folder.path("\(threads)/\(file)")) == contents(folder.path("first/\(file)")),
                    "\(file) with \(threads) threads")
            }
        }
        _ = try trainEmotions(folder, "other", "--seed", "6", "--epochs", "3")
        #expect(
            try TensorFile(safetensors: folder.path("other/last.safetensors"))
                != TensorFile(safetensors: folder.path("first/last.safetensors")))
    }

    @Test func noShuffleKeepsTheFilesOrder() throws {
        let folder = try TemporaryFolder()
        let weights = Fixtures.golden("mosi_small.safetensors")
        _ = try train(folder, "run", "--no-shuffle", "--init", weights, "--epochs", "1", "--log-steps")
        // The first step's loss is that of the first samples with the first weights.
        var batch = try TensorFile(safetensors: weights).dropping(prefix: "param.")
        let data = try TensorFile(npz: Fixtures.sentimentData())
        for name in ["text", "audio", "vision", "label"] {
            let source = name == "label" ? "train_labels" : "train_\(name)"
            let shape = [8] + (try #require(data.shape(source))).dropFirst()
            let values = try #require(data.values(source)).prefix(shape.reduce(1, *))
            batch.set(name, shape, floats: values.map { Float($0) })
        }
        let input = try batch.write(safetensors: folder.path("batch.safetensors"))
        try run(
            .dgrun, "run", Fixtures.sentimentPlan(), "--entry", "loss", "--in", input, "--out", folder.path("loss.safetensors")
        ).succeeded()
        let expected = try #require(TensorFile(safetensors: folder.path("loss.safetensors")).values("loss.total")?.first)
        let losses = try JSONText.lines(folder.path("run/metrics.jsonl"))[0].numbers("train_losses")
        #expect(abs(losses[0] - expected) <= 1e-5 * expected)
        _ = try train(folder, "shuffled", "--init", weights, "--epochs", "1", "--log-steps")
        #expect(try JSONText.lines(folder.path("shuffled/metrics.jsonl"))[0].numbers("train_losses") != losses)
    }

    /// A file that training wrote is a start for training, from which it goes another way than from the seed.
    @Test func weightsAreAStart() throws {
        let folder = try TemporaryFolder()
        _ = try train(folder, "first", "--epochs", "2", "--json")
        let last = folder.path("first/last.safetensors")
        let second = try train(folder, "second", "--init", last, "--epochs", "1", "--json", "--log-steps")
        let start = try JSONText.lines(folder.path("first/metrics.jsonl"))[0].number("train_loss")
        #expect(try JSONText.lines(folder.path("second/metrics.jsonl"))[0].number("train_loss") < start, second.summary)
        #expect(try TensorFile(safetensors: last).names == TensorFile(safetensors: folder.path("second/last.safetensors")).names)
    }

    @Test func selectLastTestsTheLastEpoch() throws {
        let folder = try TemporaryFolder()
        let result = try JSONText(train(folder, "run", "--epochs", "3", "--select", "last", "--json").output)
        #expect(try result.number("tested_epoch") == 3)
        let evaluated = try evaluate(Fixtures.sentimentPlan(), Fixtures.sentimentData(), folder.path("run/last.safetensors"), "test")
        #expect(try evaluated.table("metrics") == result.table("test"))
    }

    private func evaluate(_ plan: String, _ data: String, _ weights: String, _ split: String) throws -> JSONText {
        try JSONText(
            run(.dgrun, "eval", plan, "--data", data, "--weights", weights, "--split", split, "--json").succeeded().output)
    }

    @Test func evaluationOfTheBestEpochRepeatsItsMetrics() throws {
        let folder = try TemporaryFolder()
        let result = try JSONText(trainEmotions(folder, "run", "--epochs", "4", "--json").output)
        let best = folder.path("run/best.safetensors")
        let test = try evaluate(Fixtures.emotionPlan(), Fixtures.emotionData(), best, "test")
        #expect(try test.table("metrics") == result.table("test"))
        #expect(try test.number("loss") == result.number("test_loss") && test.number("samples") == 18)
        let valid = try evaluate(Fixtures.emotionPlan(), Fixtures.emotionData(), best, "valid")
        let epoch = try JSONText.lines(folder.path("run/metrics.jsonl"))[Int(result.number("best_epoch")) - 1]
        #expect(try valid.table("metrics") == epoch.table("valid") && valid.number("loss") == epoch.number("valid_loss"))
        // For people, without --split: the test part.
        let text = try run(.dgrun, "eval", Fixtures.emotionPlan(), "--data", Fixtures.emotionData(), "--weights", best)
        #expect(try text.succeeded().output.hasPrefix("test, 18 samples\n  loss"))
    }

    @Test func valuesThatAreNotFiniteAreNoted() throws {
        let folder = try TemporaryFolder()
        var data = try TensorFile(npz: Fixtures.sentimentData())
        var values = try #require(data.values("train_audio")).map { Float($0) }
        values[3] = .nan
        values[7] = .infinity
        data.set("train_audio", [24, 6, 5], floats: values)
        let file = try data.write(npz: folder.path("a.npz"))
        let outcome = try run(
            .dgrun, "train", Fixtures.sentimentPlan(), "--data", file, "--out", folder.path("run"), "--epochs", "1")
        #expect(try outcome.succeeded().output.hasPrefix("note: train_audio: 2 values"), outcome.summary)
    }
}
