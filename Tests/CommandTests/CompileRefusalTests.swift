import Foundation
import Testing

/// `dgc compile` on specifications and arguments that are wrong.
@Suite struct CompileRefusalTests {
    /// A file with the text is compiled; nothing may be left of the plan.
    private func compile(_ text: String, as name: String, _ options: String...) throws -> Outcome {
        let folder = try TemporaryFolder()
        _ = try folder.write(text, as: name)
        let outcome = try run(.dgc, ["compile", name, "-o", "a.plan"] + options, in: folder.root)
        #expect(try folder.names == [name])
        return outcome
    }

    private static let sizes =
        "\"dst_feature_dim_nheads\": [8, 2], \"nlevels\": 1, \"feature_dims\": [4, 3, 2], \"seq_lens\": [3, 3, 3]"

    @Test(arguments: [
        ("{\"nlevel\": 1}", "spec.unknown-key", ["\"nlevel\"", "perhaps \"nlevels\""]),
        ("{\(sizes), \"nlevels\": 1}", "json.syntax", ["nlevels"]),
        ("{\(sizes), }", "json.syntax", ["a.json"]),
        ("{\(sizes)", "json.syntax", ["a.json", "the end of the text"]),
        ("{\(sizes.replacingOccurrences(of: "[8, 2]", with: "[8, 3]"))}", "spec.heads", ["dst_feature_dim_nheads", "8", "3"]),
        ("{\(sizes), \"alpha\": \"much\"}", "spec.type", ["alpha", "\"much\""]),
        ("{\(sizes), \"relu_dropout\": 1}", "spec.range", ["relu_dropout", "1"]),
        ("{\(sizes), \"task_loss\": \"mad\"}", "spec.choice", ["task_loss", "\"mae\"", "\"mad\""]),
    ]) func wrongSpecificationIsShown(_ text: String, _ id: String, _ mentions: [String]) throws {
        let outcome = try compile(text, as: "a.json")
        outcome.isRefused(id, mentions: mentions, hasPlace: true)
        #expect(outcome.errors.hasPrefix("a.json:1:"), outcome.summary)
    }

    @Test(arguments: [
        ("[1, 2]", "spec.type", ["a.json", "object", "list"]),
        ("{\"nlevels\": 1}", "spec.missing-key", ["a.json", "dst_feature_dim_nheads"]),
        ("{\"nlevels\": 1, \"dst_feature_dim_nheads\": [8, 2]}", "spec.missing-sizes", ["feature_dims", "seq_lens", "data"]),
        ("{\(sizes), \"train_mode\": \"classification\"}", "spec.missing-key", ["a.json", "num_classes"]),
        (
            "{\(sizes), \"train_mode\": \"classification\", \"num_classes\": 3, \"class_weight\": \"balanced\"}",
            "model.class-weights", ["class_weight", "data"]
        ),
    ]) func incompleteSpecificationIsNamed(_ text: String, _ id: String, _ mentions: [String]) throws {
        try compile(text, as: "a.json").isRefused(id, mentions: mentions)
    }

    /// There is no line to show.
    @Test func emptySpecificationIsNamed() throws {
        let outcome = try compile("", as: "a.json")
        #expect(outcome.status == 2 && outcome.errorLines.count == 1, outcome.summary)
        #expect(outcome.errors.hasPrefix("a.json:1:1: error[json.syntax]: a.json: "), outcome.summary)
    }

    @Test(arguments: [
        (["--set", "nlevels"], "spec.override", ["--set nlevels", "key=value"]),
        (["--set", "=1"], "spec.override", ["--set =1", "key=value"]),
        (["--set", "levels=1"], "spec.unknown-key", ["--set levels", "nlevels"]),
        (["--set", "nlevels=0"], "spec.range", ["--set nlevels", "1...256", "0"]),
        (["--set", "nlevels=two"], "spec.type", ["--set nlevels", "\"two\""]),
        (["--set", "feature_dims=[1,2]"], "spec.range", ["--set feature_dims", "three whole numbers"]),
        (["--batch", "abc"], "arguments.batch", ["--batch", "abc"]),
        (["--batch", "4,,2"], "arguments.batch", ["--batch", "4,,2"]),
        (["--batch", "0"], "arguments.batch", ["--batch", "0"]), (["--batch", "-4"], "arguments.batch", ["--batch", "-4"]),
        (["--batch", ""], "arguments.batch", ["--batch"]),
        (["--batch", "99999999999999999999"], "arguments.batch", ["--batch", "99999999999999999999"]),
        (["--data", "missing.npz"], "file.unreadable", ["missing.npz", "No such file"]),
    ]) func wrongOptionIsNamed(_ options: [String], _ id: String, _ mentions: [String]) throws {
        let folder = try TemporaryFolder()
        let outcome = try run(
            .dgc, ["compile", Fixtures.golden("mosi_small.json"), "-o", "a.plan"] + options, in: folder.root)
        outcome.isRefused(id, mentions: mentions)
        #expect(try folder.names == [])
    }

    @Test(arguments: [
        ("missing.json", "spec.missing-file", ["missing.json", "mosi, mosei, sims, iemocap"]),
        ("missing.dg", "file.unreadable", ["missing.dg", "No such file"]),
        ("missing.plan", "compile.source", ["missing.plan", "a specification or a graph"]),
        (".", "compile.source", ["a specification or a graph"]), ("", "spec.missing-file", ["JSON"]),
    ]) func missingSourceIsNamed(_ source: String, _ id: String, _ mentions: [String]) throws {
        let folder = try TemporaryFolder()
        try run(.dgc, "compile", source, "-o", "a.plan", in: folder.root).isRefused(id, mentions: mentions)
        #expect(try folder.names == [])
    }

    @Test func dataMustFitTheSpecification() throws {
        let folder = try TemporaryFolder()
        let outcome = try run(
            .dgc, "compile", Fixtures.golden("mosi_small.json"), "--data", Fixtures.emotionData(), "-o", "a.plan", in: folder.root)
        outcome.isRefused("spec.sizes", "feature_dims", "[24, 5, 7]", "[24, 10, 18]")
        #expect(try folder.names == [])
    }

    /// Counted for class weights, such labels would be no index of anything.
    @Test(arguments: [6, -1, 0.5, 1e30]) func labelsMustBeClasses(_ label: Float) throws {
        let folder = try TemporaryFolder()
        var data = try TensorFile(npz: Fixtures.emotionData())
        data.set("valid_labels", [6], floats: [0, 1, label, 3, 4, 5])
        let outcome = try run(
            .dgc, "compile", Fixtures.golden("iemocap_small.json"), "--data", data.write(npz: folder.path("a.npz")), "--set",
            "class_weight=balanced", "-o", folder.path("a.plan"))
        outcome.isRefused("dataset.class", "a.npz: valid_labels", "label 2", "0..<6", "\(label)")
        #expect(try folder.names == ["a.npz"])
    }

    @Test(arguments: [
        (["--data", "a.npz"], "--data"), (["--set", "nlevels=1"], "--set"), (["--batch", "4"], "--batch"),
    ]) func optionsOfModelsAreRefusedForGraphs(_ options: [String], _ mention: String) throws {
        let folder = try TemporaryFolder()
        let graph = try folder.write(Fixtures.graphText, as: "a.dg")
        try run(.dgc, ["compile", graph, "-o", folder.path("a.plan")] + options).isRefused("arguments.option", mention, "a.dg")
        #expect(try folder.names == ["a.dg"])
    }
}
