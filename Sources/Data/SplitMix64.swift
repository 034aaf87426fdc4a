import Foundation

/// A small random number generator, the same on every machine: the state counts up and is scrambled on output.
public struct SplitMix64: RandomNumberGenerator, Sendable, Hashable {
    private var state: UInt64
    /// The second of the two draws that every round of the polar method gives.
    private var spareGaussian: Double?

    public init(seed: UInt64) {
        state = seed
    }

    /// A generator for one of many independent uses of the same seed, for example an epoch.
    public init(seed: UInt64, stream: UInt64) {
        var first = SplitMix64(seed: seed)
        var second = SplitMix64(seed: first.next() ^ stream)
        state = second.next()
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    /// A number in 0..<1, all 53 bits of it random.
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A whole number in 0..<bound, all equally likely; 0 where the bound is less than 1.
    public mutating func index(below bound: Int) -> Int {
        guard bound > 1 else { return 0 }
        let bound = UInt64(bound)
        // The first 2^64 mod bound words would make small results more likely.
        let unfair = (0 &- bound) % bound
        var word = next()
        while word < unfair { word = next() }
        return Int(word % bound)
    }

    /// A draw from the normal distribution with mean 0 and standard deviation 1.
    public mutating func gaussian() -> Double {
        if let spare = spareGaussian {
            spareGaussian = nil
            return spare
        }
        while true {
            let first = 2 * uniform() - 1
            let second = 2 * uniform() - 1
            let square = first * first + second * second
            guard square > 0, square < 1 else { continue }
            let factor = (-2 * log(square) / square).squareRoot()
            spareGaussian = second * factor
            return first * factor
        }
    }
}
