import Graph

extension SpecKey {
    /// Every key that has an effect. Keys whose defaults depend on others are completed in `ModelSpec.complete`.
    static let all: [SpecKey] =
        dataKeys + architectureKeys + dropoutKeys + prototypeKeys + objectiveKeys + trainingKeys + optionKeys
            + [ablate]

    /// Keys of the released configuration files, and of records of finished runs, that are read by nothing here.
    static let unused = [
        "model_name", "transformers", "pretrained", "need_data_aligned", "patience", "when", "epochs", "data", "log",
    ]

    /// Keys without a sensible default.
    static let required = ["dst_feature_dim_nheads", "nlevels"]

    /// Upper ends of ranges keep every product of sizes far from overflow.
    static let largestExtent = 1 << 20
    private static let largestWidth = 1 << 13
    private static let largestWeight = 1e6

    private static let dataKeys: [SpecKey] = [
        SpecKey(name: "dataset_name", nullable: true) { (value, spec) throws(Violation) in
            spec.dataset = try value.choice(ModelSpec.Dataset.self)
        } write: {
            $0.dataset.map { .string($0.rawValue) } ?? .null
        },
        .sizes("feature_dims", \.features.dimensions, 1...largestExtent),
        .sizes("seq_lens", \.features.sequenceLengths, 1...largestExtent),
        .flag("need_feature_standardized", \.features.standardize),
        .modalities("feature_standardize_modalities", \.features.standardizedModalities, allowEmpty: true),
        SpecKey(name: "feature_clip_percentiles", nullable: true) { (value, spec) throws(Violation) in
            let expected = "two rising numbers in 0...100"
            let ends = try value.list(count: 2, of: expected)
            let lower = try ends[0].number(expected) { (0...100).contains($0) }
            let upper = try ends[1].number(expected) { $0 > lower && $0 <= 100 }
            spec.features.clipPercentiles = lower...upper
        } write: {
            $0.features.clipPercentiles.map { .array([.number($0.lowerBound), .number($0.upperBound)]) } ?? .null
        },
        .choice("iemocap_protocol", \.features.iemocapProtocol),
        useBert, useFinetune,
    ]

    private static let useBert = SpecKey(name: "use_bert") { (value, _) throws(Violation) in
        guard try value.truth() else { return }
        throw Violation(
            id: "spec.bert", message: "a BERT text encoder is not built in; `--set use_bert=false` uses text features",
            expected: "false", found: "true", kind: .knownLimitation)
    } write: { _ in
        .bool(false)
    }

    private static let useFinetune = SpecKey(name: "use_finetune") { (value, spec) throws(Violation) in
        if try value.truth() { spec.notes.append("`use_finetune` has no effect where the text comes as features") }
    } write: { _ in
        .bool(false)
    }

    private static let architectureKeys: [SpecKey] = [
        SpecKey(name: "dst_feature_dim_nheads") { (value, spec) throws(Violation) in
            let pair = try value.list(count: 2, of: "two whole numbers: the width d and the number of heads")
            spec.architecture.width = try pair[0].wholeNumber(in: 1...largestWidth)
            spec.architecture.headCount = try pair[1].wholeNumber(in: 1...largestWidth)
        } write: {
            .array([.integer($0.architecture.width), .integer($0.architecture.headCount)])
        },
        .integer("nlevels", \.architecture.layerCount, 1...256),
        .integer("conv1d_kernel_size_l", \.architecture.kernelSizes.text, 1...1024),
        .integer("conv1d_kernel_size_a", \.architecture.kernelSizes.audio, 1...1024),
        .integer("conv1d_kernel_size_v", \.architecture.kernelSizes.vision, 1...1024),
        .integer("pde_dim", \.architecture.distributionWidth, 1...largestWidth),
        .flag("attn_mask", \.architecture.triangularMask),
        .flag("use_cross_modal_attention", \.architecture.crossModalAttention),
        .flag("use_sequence_mask", \.architecture.sequenceMask),
        .modalities("active_modalities", \.architecture.activeModalities, allowEmpty: false),
    ]

    private static let dropoutKeys: [SpecKey] = [
        .rate("attn_dropout", \.dropout.attention.text),
        .rate("attn_dropout_a", \.dropout.attention.audio),
        .rate("attn_dropout_v", \.dropout.attention.vision),
        .rate("relu_dropout", \.dropout.relu),
        .rate("embed_dropout", \.dropout.embedding),
        .rate("res_dropout", \.dropout.residual),
        .rate("output_dropout", \.dropout.output),
        .rate("text_dropout", \.dropout.text),
    ]

    private static let prototypeKeys: [SpecKey] = [
        .integer("num_prototypes", \.prototypes.count, 1...1024),
        .integer("gmm_em_iters", \.prototypes.mixtureIterations, 1...10_000),
        .number("gmm_var_floor", \.prototypes.varianceFloor, 1e-12...1e6),
        .number("lambda_ot", \.prototypes.entropyWeight, 0...largestWeight),
        .integer("ot_num_iters", \.prototypes.transportIterations, 1...10_000),
        .choice("ot_domain", \.prototypes.transportDomain),
        .choice("hetero_cost_reduction", \.prototypes.costReduction),
        .flag("local_proto_mahalanobis", \.prototypes.mahalanobis),
    ]

    private static let objectiveKeys: [SpecKey] = [
        .choice("train_mode", \.objective.trainMode),
        SpecKey(name: "num_classes", nullable: true) { (value, spec) throws(Violation) in
            spec.objective.classCount = try value.wholeNumber(in: 2...10_000)
        } write: {
            $0.objective.classCount.map { .integer($0) } ?? .null
        },
        .choice("task_loss", \.objective.taskLoss),
        .number("smooth_l1_beta", \.objective.smoothL1Beta, 1e-6...largestWeight),
        .choice("class_weight", \.objective.classWeighting),
        .number("binary_task_weight", \.objective.binaryWeight, 0...largestWeight),
        .number("dec_loss_weight", \.objective.decouplingWeight, 0...largestWeight),
        .number("alpha", \.objective.heterogeneousWeight, 0...largestWeight),
        .number("beta", \.objective.homogeneousWeight, 0...largestWeight),
        .number("mmd_bandwidth", \.objective.kernelBandwidth, 1e-6...1e12),
        .number("ct_weight", \.objective.contrastiveWeight, 0...largestWeight),
        .number("ct_temperature", \.objective.contrastiveTemperature, 1e-4...largestWeight),
    ]

    private static let trainingKeys: [SpecKey] = [
        .integer("batch_size", \.training.batchSize, 1...largestExtent),
        .number("learning_rate", \.training.learningRate, 0...1000),
        SpecKey(name: "bert_learning_rate", nullable: true) { (value, spec) throws(Violation) in
            spec.training.bertLearningRate = try value.number("a number in 0...1000") { (0...1000).contains($0) }
            spec.notes.append("`bert_learning_rate` has no effect where the text comes as features")
        } write: {
            $0.training.bertLearningRate.map { .number($0) } ?? .null
        },
        .number("weight_decay", \.training.weightDecay, 0...1000),
        .number("clip", \.training.gradientClip, 1e-12...1e12),
        .integer("num_epochs", \.training.epochCount, 1...1_000_000),
        .integer("early_stop_patience", \.training.earlyStopPatience, 0...1_000_000),
        .integer("scheduler_patience", \.training.schedulerPatience, 0...1_000_000),
        .number("factor", \.training.schedulerFactor, 0...1),
        .metric("selection_metric", \.training.selectionMetric),
        .goal("selection_mode", \.training.selectionGoal),
        .metric("scheduler_metric", \.training.schedulerMetric),
        .goal("scheduler_mode", \.training.schedulerGoal),
        .integer("seed", \.training.seed, 0...Int(Int32.max)),
    ]

    /// Forms of the paper (arXiv 2503.11892) that differ from the released model.
    private static let optionKeys: [SpecKey] = [
        .choice("decoupling", \.equations.decoupling),
        .choice("local_term", \.equations.localTerm),
        .choice("moments", \.equations.moments),
        .choice("gmm_covariance", \.prototypes.covariance),
    ]

    private static func metric(_ name: String, _ path: Path<ModelSpec.Metric>) -> SpecKey {
        SpecKey(name: name, nullable: true) { (value, spec) throws(Violation) in
            let metrics = ModelSpec.Metric.allCases
            let expected = "one of " + metrics.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            let given = try value.name(of: expected).lowercased()
            if let metric = metrics.first(where: { $0.rawValue.lowercased() == given }) {
                spec[keyPath: path] = metric
            } else if ModelSpec.Dataset(rawValue: given) != nil {
                // The released files name the data set where they mean its task loss.
                spec[keyPath: path] = .taskLoss
                spec.notes.append("`\(name)` names a data set: its task loss is used")
            } else {
                throw Violation(
                    id: "spec.choice", message: "the metric is not known", expected: expected, found: "\(value)")
            }
        } write: {
            .string($0[keyPath: path].rawValue)
        }
    }

    private static func goal(_ name: String, _ path: Path<ModelSpec.Goal>) -> SpecKey {
        var key = choice(name, path)
        key.nullable = true
        return key
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
}
