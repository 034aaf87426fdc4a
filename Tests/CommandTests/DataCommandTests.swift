import Foundation
import Testing

/// `dgrun data`, and training from MMSA's pickles.
@Suite struct DataCommandTests {
    private func fixture(_ name: String) -> String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.appendingPathComponent("DataTests/Fixtures/\(name)").path
    }

    @Test func tableAndJSON() throws {
        let table = try run(.dgrun, "data", fixture("mmsa_p4.pkl")).succeeded().output
        for words in ["pickle, protocol 4", "train_audio", "[4, 5, 2]", "1 -inf", "note: text_bert has the rows ids, mask"] {
            #expect(table.contains(words))
        }
        let json = try JSONText(run(.dgrun, "data", fixture("mmsa_p4.pkl"), "--json").succeeded().output)
        #expect((json.members["arrays"] as? [Any])?.count == 33)
        #expect((json.members["warnings"] as? [Any])?.isEmpty == true)
    }

    @Test func refusals() throws {
        let folder = try TemporaryFolder()
        try run(.dgrun, "data", folder.path("none.pkl")).isRefused("file.unreadable", "none.pkl")
        let hostile = try folder.write("\u{2}cos\nsystem\n(S'echo'\ntR.", as: "a.pkl")
        try run(.dgrun, "data", hostile).isRefused("pickle.protocol", "a.pkl")
        var bytes: [UInt8] = [0x80, 2]
        bytes += Array("cos\nsystem\n(X".utf8) + [4, 0, 0, 0] + Array("echotR.".utf8)
        let call = try folder.write(Foundation.Data(bytes), as: "b.pkl")
        try run(.dgrun, "data", call, "--to", folder.path("c.npz")).isRefused("pickle.global", "GLOBAL at byte 2", "os.system")
        try run(.dgrun, "data", fixture("mmsa.npz"), "--to", folder.path("c.npz"), "--json")
            .isRefused("arguments.option", "--json")
        #expect(try folder.names == ["a.pkl", "b.pkl"])
    }

    @Test func lengthsAndIntervals() throws {
        let folder = try TemporaryFolder()
        var data = try TensorFile(npz: Fixtures.sentimentData())
        data.set("test_audio_lengths", [16], floats: (0..<16).map { Float($0 % 4 + 3) })
        data.set("test_labels", [16], floats: (0..<16).map { Float($0) / 8 - 0.875 })
        let file = try data.write(npz: folder.path("a.npz"))
        let output = try run(.dgrun, "data", file).succeeded().output
        #expect(output.contains("3 to 6, mean 4.5"))
        // -0.875 and -0.75; then up to -0.125; -0 to 0; to 0.625; 0.75 to 1.
        for (name, count) in [("≤ −0.7", 2), ("≤ −0.1", 5), ("≤ 0.1", 1), ("≤ 0.7", 5), ("> 0.7", 3)] {
            #expect(output.contains(try Regex("\(name) +\(count) ")), "\(name)")
        }
        try run(.dgrun, "data", file, "--to", folder.path("b.pkl")).isRefused("dataset.output", "b.pkl", "NAME.npz")
        #expect(try folder.names == ["a.npz"])
    }

    @Test func whatCannotBeTrainedOnIsAFinding() throws {
        let folder = try TemporaryFolder()
        var data = try TensorFile(npz: Fixtures.sentimentData())
        var labels = try #require(data.values("valid_labels")).map { Float($0) }
        labels[2] = .nan
        data.remove("valid_labels")
        data.set("valid_regression_labels", [8], floats: labels)
        let file = try data.write(npz: folder.path("a.npz"))
        let outcome = try run(.dgrun, "data", file)
        #expect(outcome.status == 1 && !outcome.isSignal, outcome.summary)
        #expect(outcome.output.contains("no data set to train on: error[dataset.label]"), outcome.summary)
        #expect(outcome.output.contains("a.npz: valid_regression_labels: label 2"), outcome.summary)
        let json = try run(.dgrun, "data", file, "--json")
        #expect(try json.status == 1 && JSONText(json.output).members["trainable"] as? Bool == false, json.summary)
    }

    /// The form in which users have configurations, a pickle, and the same data converted: the same training, bit for bit.
    @Test func trainingFromAPickle() throws {
        let folder = try TemporaryFolder()
        let specification = try folder.write(
            """
            {"model_name": "decalign", "use_bert": true, "use_finetune": true, "need_data_aligned": false, "attn_dropout": 0.1,
             "dst_feature_dim_nheads": [4, 2], "nlevels": 1, "num_prototypes": 2, "batch_size": 4, "num_epochs": 2,
             "need_feature_standardized": true, "feature_clip_percentiles": [5, 95]}
            """, as: "config.json")
        let (pickle, plan) = (fixture("mmsa_p4.pkl"), folder.path("a.plan"))
        try run(.dgc, "compile", specification, "--data", pickle, "-o", plan)
            .isRefused("spec.bert", "use_bert=false", hasPlace: true)
        let options = [
            "--set", "use_bert=false", "--set", "dataset_name=iemocap", "--set", "iemocap_protocol=paper_count", "--set",
            "class_weight=balanced", "--set", "seq_lens=[3,4,5]",
        ]
        let compiled = try run(
            .dgc, ["compile", specification, "--data", pickle, "-o", plan] + options, environment: Fixtures.quickCompiler())
        // The lengths are the data's, and train and valid together make batches of 4 and 2.
        let output = try compiled.succeeded().output
        #expect(output.contains("`seq_lens` is [3, 4, 5] in the specification and [3, 5, 4] in the data"))
        #expect(output.contains("train.4:") && output.contains("train.2:") && output.contains("loss.3:"))
        try run(.dgrun, "data", pickle, "--to", folder.path("a.npz")).succeeded()
        var losses: [[[Double]]] = []
        for (data, name) in [(pickle, "one"), (folder.path("a.npz"), "two"), (fixture("mmsa_old_p2.pkl"), "three")] {
            try run(.dgrun, "train", plan, "--data", data, "--out", folder.path(name), "--log-steps").succeeded()
            losses.append(try JSONText.lines(folder.path("\(name)/metrics.jsonl")).map { try $0.numbers("train_losses") })
        }
        #expect(losses[0].count == 2 && losses[0] == losses[1] && losses[0] == losses[2])
    }
}
