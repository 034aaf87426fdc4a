import Data
import Graph
import Testing

/// Data files written again in the flat form, and reports of what they hold.
@Suite struct ConversionTests {
    @Test(arguments: ["mmsa_p2.pkl", "mmsa_orders_p5.pkl", "mmsa.npz"]) func sameSamples(_ name: String) throws {
        let folder = try TemporaryFolder()
        let source = try Fixture.path(name)
        let left = try FlatDataset.convert(source, to: folder.path("a.npz"))
        #expect(left.contains("train_text_bert") == name.hasSuffix(".pkl"))
        for labels in Dataset.Labels.allCases {
            let dataset = try Dataset.load(path: source, labels: labels)
            #expect(try Dataset.load(path: folder.path("a.npz"), labels: labels) == dataset)
        }
    }

    /// The first thing that a converted file changes nothing about: values that are not finite.
    @Test func valuesStayAsTheyAre() throws {
        let folder = try TemporaryFolder()
        _ = try FlatDataset.convert(Fixture.path("mmsa_p4.pkl"), to: folder.path("a.npz"))
        #expect(try NpzFile.read(path: folder.path("a.npz"))["train_audio"]?.floats?[2] == -.infinity)
    }

    @Test func nothingIsWrittenOfABrokenFile() throws {
        let folder = try TemporaryFolder()
        let source = try folder.write([UInt8](Fixture.bytes("mmsa_p4.pkl").dropLast(2)), as: "a.pkl")
        let found = diagnostic { () throws(Diagnostic) in try FlatDataset.convert(source, to: folder.path("a.npz")) }
        #expect(found?.id == "pickle.truncated" || found?.id == "pickle.stack")
        #expect(try folder.fileNames == ["a.pkl"])
    }

    @Test func report() throws {
        let report = try DatasetReport(path: Fixture.path("mmsa_p3.pkl"))
        #expect(report.format == "pickle, protocol 3")
        #expect(report.entries.prefix(3).map(\.name) == ["train_text", "train_audio", "train_vision"])
        let audio = try #require(report.entries.first { $0.name == "train_audio" })
        #expect(audio.type == "f64" && audio.shape == [4, 5, 2])
        #expect(audio.statistics?.negativeInfinity == 1 && audio.statistics?.nonFinite == 1)
        let classes = try #require(report.histograms.first { $0.name == "train_classification_labels" })
        #expect(classes.counts.map(\.label) == ["0", "1", "2"] && classes.counts.map(\.count) == [2, 1, 1])
        #expect(report.notes.contains { $0.contains("train_audio has 1 -inf") })
        #expect(report.notes.contains { $0.contains("ids, mask, segments") })
        #expect(report.warnings == [])
    }

    /// What is known to go wrong with files of the field.
    @Test func warnings() throws {
        let folder = try TemporaryFolder()
        var tensors = try NpzFile.read(path: Fixture.path("mmsa.npz"))
        tensors["train_text_bert"] = HostTensor(shape: [1, 3, 2], int64s: [101, 102, 0, 0, 1, 1])
        tensors["train_audio_lengths"] = HostTensor(shape: [4], int64s: [5, 2, 9, -1])
        tensors["valid_vision_lengths"] = HostTensor(shape: [1], int64s: [5])
        tensors["test_ids"] = HostTensor(shape: [3], texts: ["x", "x", "train$_$0"])
        tensors["other"] = HostTensor(shape: [1], floats: [1])
        tensors["valid_text"] = nil
        try NpzFile.write(tensors, to: folder.path("a.npz"))
        let report = try DatasetReport(path: folder.path("a.npz"))
        for words in [
            "segments, mask", "train_audio_lengths: 2 lengths are not in 0...5", "train_audio: 2 samples go on after",
            "valid_vision_lengths: 1 whole numbers for 2 samples", "1 ids stand twice", "1 ids stand in two parts",
            "valid_text: the data set lacks an array",
        ] {
            #expect(report.warnings.contains { $0.contains(words) }, "\(words): \(report.warnings)")
        }
        #expect(report.notes.contains("not used: other"))
    }

    /// Arrays without elements may claim any number of samples; none of them is looked at.
    @Test func arraysOfNothing() throws {
        let folder = try TemporaryFolder()
        let none = HostTensor(shape: [1 << 40, 3, 0], floats: [])
        try NpzFile.write(["train_text": none, "train_text_bert": none], to: folder.path("a.npz"))
        let report = try DatasetReport(path: folder.path("a.npz"))
        #expect(report.entries.map(\.shape) == [none.shape, none.shape])
        #expect(report.warnings.contains { $0.hasPrefix("no data set to train on") })
        #expect(diagnostic { () throws(Diagnostic) in try Dataset.load(path: folder.path("a.npz")) }?.id == "dataset.missing")
    }
}
