import Foundation
import Graph
import Models
import Testing

@Suite struct SpecTests {
    /// The smallest specification.
    private let minimal = #"{"dst_feature_dim_nheads": [16, 4], "nlevels": 2}"#

    private func read(_ text: String, _ overrides: [String] = []) throws(Diagnostic) -> ModelSpec {
        try ModelSpec(json: Array(text.utf8), file: "my.json", overrides: overrides)
    }

    // MARK: Defaults

    @Test func absentKeysTakeDefaults() throws {
        let spec = try read(minimal)
        #expect(spec.architecture.width == 16 && spec.architecture.headCount == 4 && spec.architecture.layerCount == 2)
        #expect(spec.architecture.distributionWidth == 16)
        #expect(spec.architecture.activeModalities == Modality.allCases)
        #expect(spec.prototypes.count == 8 && spec.prototypes.costReduction == .mean && !spec.prototypes.mahalanobis)
        #expect(spec.objective.heterogeneousWeight == 0.1 && spec.objective.contrastiveWeight == 0)
        #expect(spec.objective.trainMode == .regression && spec.objective.outputCount == 1)
        #expect(spec.training.selectionMetric == .taskLoss && spec.training.selectionGoal == .min)
        #expect(spec.features.dimensions == nil && spec.features.clipPercentiles == nil && spec.notes.isEmpty)
    }

    @Test func theDataSetDecidesOnTheTask() throws {
        let spec = try read(minimal, ["dataset_name=iemocap"])
        #expect(spec.objective.trainMode == .classification && spec.objective.outputCount == 6)
        #expect(spec.training.selectionMetric == .weightedF1 && spec.training.schedulerGoal == .max)
        #expect(try read(minimal, ["dataset_name=MOSI"]).dataset == .mosi)
    }

    @Test func metricsCarryTheirGoal() throws {
        let spec = try read(minimal, ["selection_metric=Corr", "scheduler_metric=MAE", "scheduler_mode=max"])
        #expect(spec.training.selectionGoal == .max)
        #expect(spec.training.schedulerGoal == .max)
    }

    // MARK: Overrides

    @Test func overridesReplaceMembers() throws {
        let spec = try read(
            minimal,
            ["nlevels=3", #"active_modalities=["vision","text"]"#, "task_loss=mae", "alpha=1e-3", "pde_dim=8.0"])
        #expect(spec.architecture.layerCount == 3)
        #expect(spec.architecture.activeModalities == [.text, .vision])
        #expect(spec.objective.taskLoss == .meanAbsoluteError && spec.objective.heterogeneousWeight == 1e-3)
        #expect(spec.architecture.distributionWidth == 8)
    }

    @Test func overridesReplaceWrongMembers() throws {
        #expect(
            try read(#"{"dst_feature_dim_nheads": [16, 4], "nlevels": "x"}"#, ["nlevels=1"]).architecture.layerCount
                == 1)
    }

    // MARK: Errors

    @Test func unknownKeyIsNamedWithItsPlace() throws {
        let text = "{\n  \"dst_feature_dim_nheads\": [16, 4],\n  \"nlevel\": 2\n}"
        let error = try #require(throws: Diagnostic.self) { try read(text) }
        #expect(error.id == "spec.unknown-key" && error.subject == "nlevel")
        #expect(error.expected == "perhaps \"nlevels\"")
        #expect(error.message.contains("my.json"))
        #expect(error.location == SourceLocation(file: "my.json", line: 3, column: 3, lineText: "  \"nlevel\": 2"))
    }

    @Test func unknownOverrideIsNamed() throws {
        let error = try #require(throws: Diagnostic.self) { try read(minimal, ["zzz=1"]) }
        #expect(error.id == "spec.unknown-key" && error.subject == "--set zzz" && error.location == nil)
    }

    @Test func requiredKeysAreAsked() throws {
        for key in ["dst_feature_dim_nheads", "nlevels"] {
            let other = key == "nlevels" ? #"{"dst_feature_dim_nheads": [16, 4]}"# : #"{"nlevels": 2}"#
            let error = try #require(throws: Diagnostic.self) { try read(other) }
            #expect(error.id == "spec.missing-key" && error.subject.contains(key))
        }
        let error = try #require(throws: Diagnostic.self) { try read(minimal, ["train_mode=classification"]) }
        #expect(error.id == "spec.missing-key" && error.subject.contains("num_classes"))
    }

    /// A key, a value that it refuses, and the rule.
    struct Refused: Sendable, CustomStringConvertible {
        var key: String
        var value: String
        var rule: String
        var description: String { "\(key)=\(value)" }

        init(_ key: String, _ value: String, _ rule: String) { (self.key, self.value, self.rule) = (key, value, rule) }
    }

    private static let refused = [
        Refused("nlevels", "true", "type"), Refused("nlevels", "2.5", "type"), Refused("nlevels", "null", "type"),
        Refused("nlevels", "0", "range"), Refused("nlevels", "-1", "range"), Refused("nlevels", "99999999", "range"),
        Refused("nlevels", "\"2\"", "type"), Refused("nlevels", "1e300", "type"),
        Refused("dst_feature_dim_nheads", "64", "type"), Refused("dst_feature_dim_nheads", "[64]", "range"),
        Refused("dst_feature_dim_nheads", "[64, 0]", "range"), Refused("dst_feature_dim_nheads", "[64, 7]", "heads"),
        Refused("dst_feature_dim_nheads", "[0, 8]", "range"), Refused("dst_feature_dim_nheads", "[64, \"8\"]", "type"),
        Refused("conv1d_kernel_size_a", "51", "kernel"), Refused("conv1d_kernel_size_v", "0", "range"),
        Refused("num_prototypes", "0", "range"), Refused("num_prototypes", "[7]", "type"),
        Refused("attn_dropout", "1", "range"), Refused("attn_dropout", "-0.1", "range"),
        Refused("attn_dropout", "0.999999999", "range"), Refused("attn_dropout", "false", "type"),
        Refused("attn_mask", "1", "type"), Refused("attn_mask", "yes", "type"),
        Refused("task_loss", "rmse", "choice"), Refused("task_loss", "1", "type"),
        Refused("hetero_cost_reduction", "max", "choice"), Refused("class_weight", "inverse", "choice"),
        Refused("active_modalities", "[]", "range"), Refused("active_modalities", "[\"text\", \"text\"]", "range"),
        Refused("active_modalities", "[\"smell\"]", "choice"), Refused("active_modalities", "text", "type"),
        Refused("dataset_name", "mosai", "choice"), Refused("feature_dims", "[1, 2]", "range"),
        Refused("feature_dims", "[1, 2, 0]", "range"), Refused("feature_dims", "[1, 2, 9223372036854775807]", "range"),
        Refused("seq_lens", "[1, 2, 3.5]", "type"), Refused("batch_size", "0", "range"),
        Refused("gmm_var_floor", "0", "range"), Refused("lambda_ot", "-1", "range"),
        Refused("ot_num_iters", "0", "range"),
        Refused("mmd_bandwidth", "0", "range"), Refused("ct_temperature", "0", "range"),
        Refused("alpha", "-1", "range"), Refused("alpha", "x", "type"), Refused("smooth_l1_beta", "0", "range"),
        Refused("learning_rate", "-1", "range"), Refused("clip", "0", "range"), Refused("factor", "2", "range"),
        Refused("num_classes", "1", "range"), Refused("seed", "-1", "range"),
        Refused("selection_metric", "Acc_3", "choice"), Refused("selection_metric", "WAF1", "metric"),
        Refused("selection_mode", "best", "choice"), Refused("bert_learning_rate", "-1", "range"),
        Refused("feature_clip_percentiles", "[5, 5]", "range"),
        Refused("feature_clip_percentiles", "[0, 101]", "range"),
        Refused("feature_clip_percentiles", "[0.5]", "range"), Refused("iemocap_protocol", "other", "choice"),
        Refused("feature_standardize_modalities", "audio", "type"), Refused("use_bert", "0", "type"),
        Refused("decoupling", "other", "choice"), Refused("gmm_covariance", "spherical", "choice"),
        Refused("local_term", "mean", "choice"), Refused("moments", "true", "type"),
    ]

    @Test(arguments: refused) func wrongValuesAreRefused(_ wrong: Refused) throws {
        let error = try #require(throws: Diagnostic.self) {
            try ModelSpec.preset(named: "mosi", overrides: ["\(wrong.key)=\(wrong.value)"])
        }
        #expect(error.id == "spec.\(wrong.rule)")
        #expect(error.subject == "--set \(wrong.key)")
        #expect(error.kind == .userError && error.expected != nil && error.found != nil)
    }

    @Test func wrongValuesInFilesArePointedAt() throws {
        let error = try #require(throws: Diagnostic.self) {
            try read("{\"dst_feature_dim_nheads\": [16, 4],\n \"nlevels\": true}")
        }
        #expect(error.id == "spec.type" && error.subject == "nlevels")
        #expect(error.location?.line == 2 && error.location?.column == 2)
        #expect(error.found == "a truth value, true")
    }

    @Test(arguments: ["nlevels", "=3", ""]) func malformedOverridesAreRefused(_ text: String) throws {
        let error = try #require(throws: Diagnostic.self) { try read(minimal, [text]) }
        #expect(error.id == "spec.override")
    }

    @Test func onlyObjectsAreSpecifications() throws {
        let error = try #require(throws: Diagnostic.self) { try read("[1]") }
        #expect(error.id == "spec.type")
    }

    @Test func missingFilesAreNamed() throws {
        let error = try #require(throws: Diagnostic.self) { try ModelSpec.load("no/such/file.json") }
        #expect(error.id == "spec.missing-file" && error.subject == "no/such/file.json")
        #expect(throws: Diagnostic.self) { try ModelSpec.load("/") }
    }

    // MARK: What is not built in

    @Test func bertIsAKnownLimitation() throws {
        let text = #"{"dst_feature_dim_nheads": [16, 4], "nlevels": 2, "use_bert": true, "use_finetune": true}"#
        let error = try #require(throws: Diagnostic.self) { try read(text) }
        #expect(error.id == "spec.bert" && error.kind == .knownLimitation && error.subject == "use_bert")
        #expect(error.message.contains("--set use_bert=false"))
        let spec = try read(text, ["use_bert=false"])
        #expect(spec.notes == ["`use_finetune` has no effect where the text comes as features"])
    }

    @Test func formsOfThePaperAreRead() throws {
        let spec = try read(minimal, ["decoupling=paper", "moments=Paper"])
        #expect(spec.equations.decoupling == .paper && spec.equations.moments == .paper)
        #expect(spec.equations.localTerm == .released && spec.prototypes.covariance == .diagonal)
        #expect(try read(minimal, ["gmm_covariance=full"]).prototypes.covariance == .full)
        #expect(try read(spec.resolvedJSON).equations == spec.equations)
    }

    /// The form in which users have the files: token input, no sizes, no data set.
    @Test func filesWithoutSizesAreAccepted() throws {
        let text = """
            {"model_name": "decalign", "transformers": "bert", "pretrained": "bert-base-uncased", "patience": 5, "when": 5,
             "need_data_aligned": true, "use_bert": true, "use_finetune": true, "bert_learning_rate": null,
             "dst_feature_dim_nheads": [64, 8], "nlevels": 5, "selection_metric": "MOSI", "scheduler_metric": "MOSI"}
            """
        let spec = try read(text, ["use_bert=false", "dataset_name=mosi"])
        #expect(spec.dataset == .mosi && spec.training.selectionMetric == .taskLoss)
        #expect(spec.training.bertLearningRate == nil)
        #expect(spec.notes.contains("`when` is accepted and has no effect"))
        let error = try #require(throws: Diagnostic.self) { try ModelSizes(spec: spec) }
        #expect(error.id == "spec.missing-sizes" && error.subject == "feature_dims")
    }

    // MARK: Writing

    @Test(arguments: ModelSpec.presetNames + GoldenCase.names) func resolvedFormReadsBack(_ name: String) throws {
        var spec = ModelSpec.presetNames.contains(name) ? try ModelSpec.preset(named: name) : try GoldenCase(name).spec
        spec = try spec.applying(["bert_learning_rate=0.5", "seed=7"])
        let again = try read(spec.resolvedJSON)
        #expect(again.resolved == spec.resolved)
        #expect(again.training == spec.training && again.architecture == spec.architecture)
        #expect(again.objective == spec.objective && again.features == spec.features)
    }

    @Test func resolvedFormIsSortedAndComplete() throws {
        let text = try read(minimal).resolvedJSON
        let keys = text.split(separator: "\n").compactMap { line in
            line.contains(":") ? line.split(separator: "\"")[1] : nil
        }
        #expect(keys == keys.sorted() && keys.count == Set(keys).count)
        guard case .object(let members) = try ModelSpec.preset(named: "iemocap").resolved else {
            Issue.record("a resolved specification is an object")
            return
        }
        #expect(keys.map { String($0) } == members.keys.sorted())
        #expect(text.contains("\"feature_dims\": null") && text.contains("\"pde_dim\": 16"))
    }

    // MARK: Built-in specifications

    @Test(arguments: ModelSpec.presetNames) func presetsAreTheFilesInSpecs(_ name: String) throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let file = try ModelSpec.load("\(root)/Sources/Models/Specs/\(name).json")
        let preset = try ModelSpec.preset(named: name)
        #expect(preset == file)
        #expect(preset.dataset?.rawValue == name)
        #expect(try ModelSpec.load(name) == preset)
        #expect(preset.notes.isEmpty)
    }

    @Test func unknownPresetIsNamed() throws {
        let error = try #require(throws: Diagnostic.self) { try ModelSpec.preset(named: "ur_funny") }
        #expect(error.id == "spec.preset")
    }
}
