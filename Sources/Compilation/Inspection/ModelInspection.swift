import Data
import Models
import Runtime

/// What a trained model computes of samples, on the way to its predictions and there.
package struct ModelInspection: Sendable {
    package var spec: ModelSpec
    package var metricFamily: MetricFamily
    package var labels: [Float]
    /// How many numbers the model learns.
    package var parameterCount: Int
    /// Rows of logits: a class's each, or a single number.
    package var logits: [Float]
    /// With the first values of the weights.
    package var untrained: Features
    package var trained: Features
    /// How much mass goes between the prototypes of text, audio and vision, [K, K, K]; nil unless all three are active.
    package var transportPlan: [Double]?

    /// Pooled features of the samples.
    package struct Features: Sendable {
        /// How many numbers a sample has.
        package var width: Int
        /// [N, width] by stage and modality; without modalities that are not active.
        package var values: [DecAlign.Stage: [Modality: [Float]]] = [:]
    }
}
