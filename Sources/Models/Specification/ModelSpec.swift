import Graph

/// Everything that a specification file says about a model, its objective and its training.
///
/// A value of this type has passed all checks: it is only made by reading a specification (`init(reading:)`, `load`,
/// `preset`), and changed by `applying` overrides, which checks again. The JSON keys stand in `SpecKey.all`.
public struct ModelSpec: Hashable, Sendable {
    /// Nil where only the data, or nobody, says which data set it is.
    public internal(set) var dataset: Dataset?
    public internal(set) var architecture = Architecture()
    public internal(set) var dropout = Dropout()
    public internal(set) var prototypes = Prototypes()
    public internal(set) var objective = Objective()
    public internal(set) var equations = Equations()
    public internal(set) var training = Training()
    public internal(set) var features = Features()
    /// `ablate`: the parts that are left out, each once, in the order of `Ablation`.
    public internal(set) var ablated: [Ablation] = []
    /// Keys that are understood and have no effect, for the user to know.
    public internal(set) var notes: [String] = []

    init() {}

    public enum Dataset: String, Hashable, Sendable, CaseIterable {
        case mosi, mosei, sims, iemocap
    }

    /// The network: widths, depths and which parts take part.
    public struct Architecture: Hashable, Sendable {
        /// d, the first number of `dst_feature_dim_nheads`.
        public internal(set) var width = 0
        /// The second number of `dst_feature_dim_nheads`.
        public internal(set) var headCount = 0
        /// `nlevels`: the layers of each cross-modal transformer.
        public internal(set) var layerCount = 0
        /// `conv1d_kernel_size_{l,a,v}`.
        public internal(set) var kernelSizes = PerModality(repeating: 1)
        /// `pde_dim`: the width that the distribution encoders map to.
        public internal(set) var distributionWidth = 0
        /// `attn_mask`: self-attention sees no later steps.
        public internal(set) var triangularMask = true
        /// `use_cross_modal_attention`.
        public internal(set) var crossModalAttention = true
        /// `use_sequence_mask`.
        public internal(set) var sequenceMask = false
        /// `active_modalities`, in the model's order.
        public internal(set) var activeModalities = Modality.allCases

        /// Whether a modality's projection is possible; features that have the model's width already skip it.
        func kernelFits(_ modality: Modality, dimension: Int, length: Int) -> Bool {
            dimension == width || kernelSizes[modality] <= length
        }
    }

    /// The share of elements that each kind of dropout removes.
    public struct Dropout: Hashable, Sendable {
        /// `attn_dropout` (text), `attn_dropout_a`, `attn_dropout_v`.
        public internal(set) var attention = PerModality(repeating: 0.0)
        public internal(set) var relu = 0.0
        /// `embed_dropout`.
        public internal(set) var embedding = 0.0
        /// `res_dropout`.
        public internal(set) var residual = 0.0
        public internal(set) var output = 0.0
        public internal(set) var text = 0.0

        var all: [Double] { attention.all + [relu, embedding, residual, output, text] }
    }

    /// The prototypes of the heterogeneous loss and their alignment by optimal transport.
    public struct Prototypes: Hashable, Sendable {
        /// K, `num_prototypes`.
        public internal(set) var count = 8
        /// `gmm_em_iters`.
        public internal(set) var mixtureIterations = 5
        /// `gmm_var_floor`.
        public internal(set) var varianceFloor = 1e-4
        /// λ, `lambda_ot`: the weight of the plan's entropy.
        public internal(set) var entropyWeight = 0.1
        /// `ot_num_iters`.
        public internal(set) var transportIterations = 50
        /// `ot_domain`.
        public internal(set) var transportDomain = TransportDomain.linear
        /// `hetero_cost_reduction`.
        public internal(set) var costReduction = CostReduction.mean
        /// `local_proto_mahalanobis`.
        public internal(set) var mahalanobis = false
        /// `gmm_covariance`.
        public internal(set) var covariance = CovarianceForm.diagonal
    }

    /// The covariances of the prototypes: diagonal ones, or those of the paper's equations 2 to 4.
    public enum CovarianceForm: String, Hashable, Sendable, CaseIterable {
        case diagonal, full
    }

    /// What Sinkhorn's iteration works on.
    public enum TransportDomain: String, Hashable, Sendable, CaseIterable {
        /// Scalings of the kernel exp(−C/λ), which is zero where costs are large beside λ.
        case linear
        /// Logarithms of the scalings.
        case log
    }

    /// How a cost is reduced over the model's width.
    public enum CostReduction: String, Hashable, Sendable, CaseIterable {
        case mean, sum
    }

    /// The loss terms and their weights.
    public struct Objective: Hashable, Sendable {
        public internal(set) var trainMode = TrainMode.regression
        /// `num_classes`; never nil for classification.
        public internal(set) var classCount: Int?
        public internal(set) var taskLoss = TaskLoss.meanSquaredError
        public internal(set) var smoothL1Beta = 1.0
        /// `class_weight`: balanced.
        public internal(set) var classWeighting = ClassWeighting.none
        /// `binary_task_weight`.
        public internal(set) var binaryWeight = 0.0
        /// `dec_loss_weight`.
        public internal(set) var decouplingWeight = 1.0
        /// `alpha`.
        public internal(set) var heterogeneousWeight = 0.1
        /// `beta`.
        public internal(set) var homogeneousWeight = 0.1
        /// σ², `mmd_bandwidth`.
        public internal(set) var kernelBandwidth = 1.0
        /// `ct_weight`.
        public internal(set) var contrastiveWeight = 0.0
        /// `ct_temperature`.
        public internal(set) var contrastiveTemperature = 0.1

        /// How many numbers the model gives for a sample.
        public var outputCount: Int {
            switch trainMode {
            case .regression: 1
            case .classification: classCount ?? 1
            }
        }
    }

    public enum TrainMode: String, Hashable, Sendable, CaseIterable {
        case regression, classification
    }

    /// The loss of regression; classification always uses cross entropy.
    public enum TaskLoss: String, Hashable, Sendable, CaseIterable {
        case meanSquaredError = "mse"
        case meanAbsoluteError = "mae"
        case huber
    }

    public enum ClassWeighting: String, Hashable, Sendable, CaseIterable {
        case none, balanced
    }

    /// What the training loop needs; none of it is part of the graph.
    public struct Training: Hashable, Sendable {
        public internal(set) var batchSize = 32
        public internal(set) var learningRate = 1e-4
        /// Read for completeness: it has a meaning only where BERT is fine-tuned.
        public internal(set) var bertLearningRate: Double?
        public internal(set) var weightDecay = 0.005
        /// `clip`: the largest global norm of the gradient.
        public internal(set) var gradientClip = 0.6
        /// `num_epochs`.
        public internal(set) var epochCount = 20
        public internal(set) var earlyStopPatience = 6
        public internal(set) var schedulerPatience = 5
        /// `factor`: what the learning rate is multiplied by.
        public internal(set) var schedulerFactor = 0.1
        public internal(set) var selectionMetric = Metric.taskLoss
        public internal(set) var selectionGoal = Goal.min
        public internal(set) var schedulerMetric = Metric.taskLoss
        public internal(set) var schedulerGoal = Goal.min
        public internal(set) var seed = 1
    }

    /// How the data become features.
    public struct Features: Hashable, Sendable {
        /// `feature_dims`, where the specification gives them; otherwise the data do.
        public internal(set) var dimensions: PerModality<Int>?
        /// `seq_lens`, likewise.
        public internal(set) var sequenceLengths: PerModality<Int>?
        /// `need_feature_standardized`.
        public internal(set) var standardize = false
        /// `feature_standardize_modalities`, in the model's order.
        public internal(set) var standardizedModalities = [Modality.audio, .vision]
        /// `feature_clip_percentiles`; nil: no clipping.
        public internal(set) var clipPercentiles: ClosedRange<Double>?
        public internal(set) var iemocapProtocol = IemocapProtocol.sessionValid
    }

    /// How the parts of iemocap are used.
    public enum IemocapProtocol: String, Hashable, Sendable, CaseIterable {
        /// As the file splits them.
        case sessionValid = "session_valid"
        /// Train and valid for training, test for both evaluations.
        case paperCount = "paper_count"
    }
}
