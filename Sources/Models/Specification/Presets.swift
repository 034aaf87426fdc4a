import Graph

/// The specifications of the four data sets, with text given as features.
///
/// They stand in the code, not in a resource bundle, so that the program can be moved as a single file; the files in
/// `Specs` are the same texts, for users to copy and change, and a test compares them.
enum Presets {
    static let texts = [
        "mosi": mosi,
        "mosei": mosei,
        "sims": sims,
        "iemocap": iemocap,
    ]

    private static let mosi = """
        {
          "dataset_name": "mosi",
          "train_mode": "regression",
          "use_bert": false,
          "feature_dims": [768, 5, 20],
          "seq_lens": [50, 50, 50],
          "need_feature_standardized": false,

          "dst_feature_dim_nheads": [64, 8],
          "nlevels": 5,
          "conv1d_kernel_size_l": 1,
          "conv1d_kernel_size_a": 1,
          "conv1d_kernel_size_v": 1,
          "pde_dim": 64,
          "use_cross_modal_attention": true,
          "use_sequence_mask": false,
          "attn_mask": true,
          "active_modalities": ["text", "audio", "vision"],

          "attn_dropout": 0.1,
          "attn_dropout_a": 0.0,
          "attn_dropout_v": 0.0,
          "relu_dropout": 0.1,
          "embed_dropout": 0.1,
          "res_dropout": 0.05,
          "output_dropout": 0.0,
          "text_dropout": 0.0,

          "num_prototypes": 7,
          "gmm_em_iters": 5,
          "gmm_var_floor": 1e-4,
          "lambda_ot": 0.1,
          "ot_num_iters": 50,
          "hetero_cost_reduction": "mean",
          "local_proto_mahalanobis": false,
          "mmd_bandwidth": 1.0,

          "task_loss": "mse",
          "binary_task_weight": 0.0,
          "dec_loss_weight": 1.0,
          "alpha": 0.05,
          "beta": 0.07,
          "ct_weight": 0.003,
          "ct_temperature": 0.1,

          "batch_size": 32,
          "learning_rate": 6e-5,
          "weight_decay": 0.005,
          "clip": 0.6,
          "num_epochs": 18,
          "early_stop_patience": 6,
          "scheduler_patience": 5,
          "factor": 0.1,
          "selection_metric": "Loss",
          "scheduler_metric": "Loss"
        }

        """

    private static let mosei = """
        {
          "dataset_name": "mosei",
          "train_mode": "regression",
          "use_bert": false,
          "feature_dims": [768, 74, 35],
          "seq_lens": [50, 50, 50],
          "need_feature_standardized": true,
          "feature_standardize_modalities": ["audio", "vision"],
          "feature_clip_percentiles": [0.5, 99.5],

          "dst_feature_dim_nheads": [64, 8],
          "nlevels": 4,
          "conv1d_kernel_size_l": 5,
          "conv1d_kernel_size_a": 5,
          "conv1d_kernel_size_v": 5,
          "pde_dim": 64,
          "use_cross_modal_attention": true,
          "use_sequence_mask": false,
          "attn_mask": true,
          "active_modalities": ["text", "audio", "vision"],

          "attn_dropout": 0.125,
          "attn_dropout_a": 0.125,
          "attn_dropout_v": 0.125,
          "relu_dropout": 0.125,
          "embed_dropout": 0.125,
          "res_dropout": 0.125,
          "output_dropout": 0.125,
          "text_dropout": 0.125,

          "num_prototypes": 7,
          "gmm_em_iters": 5,
          "gmm_var_floor": 1e-4,
          "lambda_ot": 0.1,
          "ot_num_iters": 50,
          "hetero_cost_reduction": "mean",
          "local_proto_mahalanobis": false,
          "mmd_bandwidth": 1.0,

          "task_loss": "mse",
          "binary_task_weight": 0.0,
          "dec_loss_weight": 1.0,
          "alpha": 0.005,
          "beta": 0.0,
          "ct_weight": 0.001,
          "ct_temperature": 0.1,

          "batch_size": 128,
          "learning_rate": 5e-5,
          "weight_decay": 0.005,
          "clip": 0.6,
          "num_epochs": 16,
          "early_stop_patience": 5,
          "scheduler_patience": 5,
          "factor": 0.1,
          "selection_metric": "Acc_2",
          "scheduler_metric": "Acc_2"
        }

        """

    private static let sims = """
        {
          "dataset_name": "sims",
          "train_mode": "regression",
          "use_bert": false,
          "feature_dims": [768, 33, 709],
          "seq_lens": [39, 400, 55],
          "need_feature_standardized": true,
          "feature_standardize_modalities": ["audio", "vision"],
          "feature_clip_percentiles": [0.1, 99.9],

          "dst_feature_dim_nheads": [32, 8],
          "nlevels": 4,
          "conv1d_kernel_size_l": 5,
          "conv1d_kernel_size_a": 5,
          "conv1d_kernel_size_v": 5,
          "pde_dim": 32,
          "use_cross_modal_attention": true,
          "use_sequence_mask": false,
          "attn_mask": true,
          "active_modalities": ["text", "audio", "vision"],

          "attn_dropout": 0.4,
          "attn_dropout_a": 0.3,
          "attn_dropout_v": 0.1,
          "relu_dropout": 0.1,
          "embed_dropout": 0.3,
          "res_dropout": 0.1,
          "output_dropout": 0.35,
          "text_dropout": 0.25,

          "num_prototypes": 7,
          "gmm_em_iters": 5,
          "gmm_var_floor": 1e-4,
          "lambda_ot": 0.1,
          "ot_num_iters": 50,
          "hetero_cost_reduction": "mean",
          "local_proto_mahalanobis": false,
          "mmd_bandwidth": 1.0,

          "task_loss": "mse",
          "binary_task_weight": 0.01,
          "dec_loss_weight": 1.0,
          "alpha": 0.0175,
          "beta": 0.0525,
          "ct_weight": 0.01,
          "ct_temperature": 0.07,

          "batch_size": 24,
          "learning_rate": 3.5e-5,
          "weight_decay": 0.005,
          "clip": 0.5,
          "num_epochs": 55,
          "early_stop_patience": 11,
          "scheduler_patience": 5,
          "factor": 0.1,
          "selection_metric": "F1_score",
          "scheduler_metric": "F1_score"
        }

        """

    private static let iemocap = """
        {
          "dataset_name": "iemocap",
          "train_mode": "classification",
          "num_classes": 6,
          "use_bert": false,
          "feature_dims": [1024, 512, 1024],
          "seq_lens": [1, 1, 1],
          "need_feature_standardized": false,
          "iemocap_protocol": "session_valid",

          "dst_feature_dim_nheads": [48, 4],
          "nlevels": 4,
          "conv1d_kernel_size_l": 1,
          "conv1d_kernel_size_a": 1,
          "conv1d_kernel_size_v": 1,
          "pde_dim": 48,
          "use_cross_modal_attention": true,
          "use_sequence_mask": false,
          "attn_mask": true,
          "active_modalities": ["text", "audio", "vision"],

          "attn_dropout": 0.2,
          "attn_dropout_a": 0.2,
          "attn_dropout_v": 0.2,
          "relu_dropout": 0.2,
          "embed_dropout": 0.2,
          "res_dropout": 0.2,
          "output_dropout": 0.2,
          "text_dropout": 0.2,

          "num_prototypes": 6,
          "gmm_em_iters": 5,
          "gmm_var_floor": 1e-4,
          "lambda_ot": 0.1,
          "ot_num_iters": 50,
          "hetero_cost_reduction": "mean",
          "local_proto_mahalanobis": false,
          "mmd_bandwidth": 1.0,

          "class_weight": "none",
          "dec_loss_weight": 1.0,
          "alpha": 0.05,
          "beta": 0.05,
          "ct_weight": 0.0,
          "ct_temperature": 0.1,

          "batch_size": 32,
          "learning_rate": 1e-4,
          "weight_decay": 0.005,
          "clip": 0.6,
          "num_epochs": 50,
          "early_stop_patience": 5,
          "scheduler_patience": 5,
          "factor": 0.1,
          "selection_metric": "WAF1",
          "scheduler_metric": "WAF1"
        }

        """
}

extension ModelSpec {
    /// The names that `preset` knows.
    public static let presetNames = ["mosi", "mosei", "sims", "iemocap"]

    /// The built-in specification of a data set.
    public static func preset(named name: String, overrides: [String] = []) throws(Diagnostic) -> ModelSpec {
        guard let text = Presets.texts[name] else {
            throw Diagnostic(
                "spec.preset", name, "there is no built-in specification of this name",
                expected: "one of " + presetNames.joined(separator: ", "))
        }
        return try ModelSpec(json: Array(text.utf8), file: "\(name).json", overrides: overrides)
    }
}
