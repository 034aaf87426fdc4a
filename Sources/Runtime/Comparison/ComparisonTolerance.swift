/// How far numbers of two plans may lie apart.
///
/// Other fusion rounds at other places. How much that matters differs from value to value: a sum that nearly cancels keeps
/// few digits. So both plans run again while the last bits of everything in memory are changed at random, and the most that
/// this changes in a value is its noise.
public struct ComparisonTolerance: Sendable {
    /// In units of a value's largest element.
    public var relative: Double
    /// What matters in no case: residues of sums that cancel, such as gradients through a saturated softmax.
    public var absolute: Double
    /// How many times the noise of a value is still noise.
    public var noiseFactor: Double

    public init(relative: Double = 1e-5, absolute: Double = 1e-12, noiseFactor: Double = 8) {
        self.relative = relative
        self.absolute = absolute
        self.noiseFactor = noiseFactor
    }

    func limit(scale: Double, noise: Double) -> Double { absolute + relative * scale + noiseFactor * noise }
}
