import Foundation
import Graph

/// What one run of an entry gave, in so few numbers that a text can keep them.
public struct RecordedRun: Codable, Hashable, Sendable {
    public var entry: String
    public var outputs: [RecordedOutput]

    /// Runs an entry once.
    ///
    /// - Throws: `compare.entry`, and what is wrong with a file's tensors.
    public init(_ bundle: PlanBundle, _ instance: PlanInstance, inputs: ComparisonInputs) throws(Diagnostic) {
        let index = try inputs.set(bundle, instance)
        let program = instance.programs[index]
        try instance.run(entry: index)
        entry = program.name
        outputs = []
        for output in program.outputs {
            let slice = program.slices[output.slice]
            let fingerprint = try instance.withBytes(of: slice) { ContentHash.of(Foundation.Data($0)) }
            outputs.append(RecordedOutput(
                name: output.name, type: slice.type, fingerprint: fingerprint,
                elements: try instance.output(output.name, entry: index)))
        }
    }
}

/// One output of a recorded run.
public struct RecordedOutput: Codable, Hashable, Sendable {
    public var name: String
    public var type: String
    /// Of all bytes: equal fingerprints are equal bits.
    public var fingerprint: String
    /// How many elements are NaN or infinite.
    public var nonFinite: Int
    /// The largest magnitude and the root of the mean square of the finite elements.
    public var largest: Double
    public var rootMeanSquare: Double
    /// The first elements as text, since JSON has no NaN.
    public var first: [String]

    private static let keptElements = 4

    init(name: String, type: TensorType, fingerprint: String, elements: [Double]) {
        self.name = name
        self.type = "\(type)"
        self.fingerprint = fingerprint
        let finite = elements.filter(\.isFinite)
        nonFinite = elements.count - finite.count
        largest = finite.map(abs).max() ?? 0
        // Scaled, so that squares of large numbers stay finite.
        let scale = largest > 0 ? largest : 1
        let squares = finite.reduce(0) { $0 + ($1 / scale) * ($1 / scale) }
        rootMeanSquare = finite.isEmpty ? 0 : scale * (squares / Double(finite.count)).squareRoot()
        first = elements.prefix(Self.keptElements).map { "\($0)" }
    }

    public enum Agreement: Hashable, Sendable {
        case sameBits
        /// The numbers that are kept differ by at most this, relative to the largest element.
        case rounding(Double)
        case different(String)
    }

    /// How another run's output agrees with this one.
    ///
    /// - Parameter tolerance: relative to the largest element.
    public func agreement(with other: RecordedOutput, tolerance: Double) -> Agreement {
        guard type == other.type else { return .different("\(type) is now \(other.type)") }
        guard fingerprint != other.fingerprint else { return .sameBits }
        guard nonFinite == other.nonFinite else {
            return .different("\(nonFinite) elements are not finite, now \(other.nonFinite)")
        }
        var worst = (text: "", distance: 0.0)
        let scale = max(largest, other.largest, Double.leastNormalMagnitude)
        for (what, a, b) in compared(with: other) where a.bitPattern != b.bitPattern {
            // NaN differs from all numbers; two infinities are told apart by their signs.
            let distance = a == b ? 0 : a.isFinite && b.isFinite ? abs(a - b) / scale : .infinity
            if distance >= worst.distance { worst = ("\(what): \(a), now \(b)", distance) }
        }
        return worst.distance <= tolerance ? .rounding(worst.distance) : .different(worst.text)
    }

    private func compared(with other: RecordedOutput) -> [(what: String, Double, Double)] {
        [("largest magnitude", largest, other.largest), ("root of the mean square", rootMeanSquare, other.rootMeanSquare)]
            + zip(first, other.first).enumerated().map { index, pair in
                ("element \(index)", Double(pair.0) ?? .nan, Double(pair.1) ?? .nan)
            }
    }
}
