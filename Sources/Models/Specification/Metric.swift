extension ModelSpec {
    /// A number that epochs are compared by; the raw value is its name in specifications and reports.
    public enum Metric: String, Hashable, Sendable, CaseIterable {
        case taskLoss = "Loss"
        case meanAbsoluteError = "MAE"
        case correlation = "Corr"
        case accuracy2 = "Acc_2"
        case accuracy7 = "Acc_7"
        case f1Score = "F1_score"
        case intervalAccuracy2 = "Mult_acc_2"
        case intervalAccuracy3 = "Mult_acc_3"
        case intervalAccuracy5 = "Mult_acc_5"
        case weightedAccuracy = "WAcc"
        case weightedF1 = "WAF1"

        /// Whether larger or smaller is better.
        public var goal: Goal {
            switch self {
            case .taskLoss, .meanAbsoluteError: .min
            case .correlation, .accuracy2, .accuracy7, .f1Score, .intervalAccuracy2, .intervalAccuracy3,
                .intervalAccuracy5, .weightedAccuracy, .weightedF1:
                .max
            }
        }
    }

    public enum Goal: String, Hashable, Sendable, CaseIterable {
        case min, max
    }

    /// The metrics that an evaluation reports.
    public var metrics: [Metric] {
        switch (objective.trainMode, dataset) {
        case (.classification, _): [.taskLoss, .weightedAccuracy, .weightedF1]
        case (.regression, .sims):
            [
                .taskLoss, .f1Score, .intervalAccuracy2, .intervalAccuracy3, .intervalAccuracy5, .meanAbsoluteError,
                .correlation,
            ]
        case (.regression, .mosi), (.regression, .mosei), (.regression, .iemocap), (.regression, nil):
            [.taskLoss, .meanAbsoluteError, .correlation, .accuracy7, .accuracy2, .f1Score]
        }
    }
}
