import Data
import Graph

/// Changes the last bits of numbers at random, as if the operations that made them had been rounded differently.
struct RoundingNoise {
    private var generator: SplitMix64

    /// In units of the last place.
    private static let largest: Float = 4

    init(seed: Int, round: Int) {
        generator = SplitMix64(seed: UInt64(bitPattern: Int64(seed)), stream: UInt64(1 + round))
    }

    /// Changes the f32 elements of a slice.
    ///
    /// Whole numbers stay: they are exact, as masks, counts and numbers of classes are; so do NaN and infinities.
    mutating func apply(to slice: Program.Slice, of instance: PlanInstance) throws(Diagnostic) {
        guard slice.type.elementType == .f32 else { return }
        let region = instance.region(slice.region)
        var floats = try region.floats(count: slice.type.elementCount, at: slice.offset)
        for index in floats.indices where floats[index].isFinite && floats[index] != floats[index].rounded() {
            let step = Float(Int64(generator.next() >> 32) - 0x8000_0000) * 0x1p-31 * Self.largest
            floats[index] += step.rounded() * floats[index].ulp
        }
        try region.store(floats, at: slice.offset)
    }
}
