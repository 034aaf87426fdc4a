import Runtime

/// A finished run with what its model says of the test samples.
package struct ReportedRun: Sendable {
    /// Runs of one name differ by their seed alone.
    package var name: String
    package var record: RunRecord
    /// The specification's members as JSON texts, without the seed.
    package var settings: [String: String]
    /// How many numbers the model learns.
    package var parameterCount: Int
    package var confusion: ConfusionCounts
    package var stages: [AlignmentStage]
    package var transport: TransportPlan?

    package init(
        name: String, record: RunRecord, settings: [String: String], parameterCount: Int, confusion: ConfusionCounts,
        stages: [AlignmentStage], transport: TransportPlan?
    ) {
        self.name = name
        self.record = record
        self.settings = settings
        self.parameterCount = parameterCount
        self.confusion = confusion
        self.stages = stages
        self.transport = transport
    }
}

/// The text and vision features of one stage of the model.
package struct AlignmentStage: Sendable {
    package var name: String
    /// With the weights that training began with.
    package var before: ModalityGap?
    /// With the weights that were tested.
    package var after: ModalityGap?

    package init(name: String, before: ModalityGap?, after: ModalityGap?) {
        self.name = name
        self.before = before
        self.after = after
    }
}

/// How much mass the optimal transport moves between the prototypes of text, audio and vision.
package struct TransportPlan: Sendable {
    /// How many prototypes each modality has.
    package let count: Int
    /// [K, K, K]
    private let mass: [Double]

    /// - Returns: nil unless there are K³ finite numbers.
    package init?(count: Int, mass: [Double]) {
        guard count > 0, mass.count == count * count * count, mass.allSatisfy(\.isFinite) else { return nil }
        self.count = count
        self.mass = mass
    }

    /// Of two modalities (0 for text, 1 for audio, 2 for vision): the mass between each pair of their prototypes, summed over
    /// the prototypes of the third one.
    package func between(_ first: Int, _ second: Int) -> [[Double]] {
        var sums = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        for (position, value) in mass.enumerated() {
            let index = [position / (count * count), position / count % count, position % count]
            sums[index[first]][index[second]] += value
        }
        return sums
    }
}
