import Graph

/// Percentiles of each feature over samples and time, exact and without sorting or copying a feature's values.
///
/// Floats, as whole numbers in the same order, are found digit by digit from the highest: each pass over the data
/// counts the values that share the digits known so far by their next digit.
struct FeaturePercentiles {
    /// How many bits the digits have, highest first.
    private static let digits = [11, 11, 10]
    /// Bounds the counters' memory, whatever the number of features.
    private static let featuresAtATime = 128

    private let block: FeatureBlock
    private let places: [Place]

    /// A percentile lies between two neighbours in sorted order.
    private struct Place {
        var lower: Int
        var fraction: Double
    }

    init(_ block: FeatureBlock, _ percents: [Double]) {
        self.block = block
        let count = block.sampleCount * block.timeSteps
        places = percents.map { percent in
            let place = min(max(percent, 0), 100) / 100 * Double(max(0, count - 1))
            return Place(lower: Int(place), fraction: place - Double(Int(place)))
        }
    }

    /// For each feature its percentiles, linearly interpolated between neighbours as numpy does; 0 without values.
    func values() -> [[Double]] {
        let groups = stride(from: 0, to: block.featureWidth, by: Self.featuresAtATime).map {
            $0..<min($0 + Self.featuresAtATime, block.featureWidth)
        }
        return groups.flatMap { group in
            let middle = (group.lowerBound + group.upperBound) / 2
            let halves = [group.lowerBound..<middle, middle..<group.upperBound]
            return Parallel.map(2) { values(of: halves[$0]) }.flatMap(\.self)
        }
    }

    private func values(of features: Range<Int>) -> [[Double]] {
        guard !features.isEmpty, block.sampleCount * block.timeSteps > 0 else {
            return features.map { _ in places.map { _ in 0 } }
        }
        let last = block.sampleCount * block.timeSteps - 1
        let ranks = places.flatMap { [$0.lower, min($0.lower + 1, last)] }
        var search = RankSearch(features: features, ranks: ranks)
        for bits in Self.digits {
            for chunk in block.chunks { search.count(block.values(of: chunk), width: block.featureWidth, bits) }
            search.advance(bits)
        }
        return search.found.map { neighbours in
            places.indices.map { interpolated(places[$0], Double(neighbours[2 * $0]), Double(neighbours[2 * $0 + 1])) }
        }
    }

    /// From the nearer end, which keeps the result within both.
    private func interpolated(_ place: Place, _ low: Double, _ high: Double) -> Double {
        place.fraction < 0.5 ? low + (high - low) * place.fraction : high - (high - low) * (1 - place.fraction)
    }
}

/// The values with some ranks, of several features, as far as their digits are known.
private struct RankSearch {
    private let features: Range<Int>
    private let rankCount: Int
    private var knownBits = 0
    /// Per feature and rank: the digits known so far, and the rank among the values that share them.
    private var prefixes: [UInt32]
    private var ranks: [Int]
    /// Per feature, rank and next digit.
    private var counts: [Int] = []

    init(features: Range<Int>, ranks: [Int]) {
        self.features = features
        rankCount = ranks.count
        prefixes = [UInt32](repeating: 0, count: features.count * ranks.count)
        self.ranks = features.flatMap { _ in ranks }
    }

    /// Counts the next digit of the values in whole rows.
    mutating func count(_ values: [Float], width: Int, _ bits: Int) {
        if counts.isEmpty { counts = [Int](repeating: 0, count: prefixes.count << bits) }
        let shift = UInt32(32 - knownBits - bits)
        let mask = UInt32(1) << UInt32(bits) - 1
        // Shifts by 32 give 0: nothing is known at first, and all values share it.
        let known = UInt32(32 - knownBits)
        for row in stride(from: 0, to: values.count, by: width) {
            var slot = 0
            for feature in features {
                let key = Self.key(values[row + feature])
                let prefix = key >> known
                let digit = Int(key >> shift & mask)
                for _ in 0..<rankCount {
                    if prefixes[slot] == prefix { counts[slot << bits + digit] += 1 }
                    slot += 1
                }
            }
        }
    }

    /// Chooses each rank's digit by what was counted.
    mutating func advance(_ bits: Int) {
        for slot in prefixes.indices {
            var digit = 0
            while digit < 1 << bits - 1, ranks[slot] >= counts[slot << bits + digit] {
                ranks[slot] -= counts[slot << bits + digit]
                digit += 1
            }
            prefixes[slot] = prefixes[slot] << UInt32(bits) | UInt32(digit)
        }
        knownBits += bits
        counts = []
    }

    /// When all digits are known: per feature the value of each rank.
    var found: [[Float]] {
        features.indices.map { feature in
            let start = (feature - features.lowerBound) * rankCount
            return prefixes[start..<(start + rankCount)].map(Self.value)
        }
    }

    /// Numbers in the order of the floats; the sign is inverted, and for negative ones everything else too.
    private static func key(_ value: Float) -> UInt32 {
        // Adding zero makes both zeros the same.
        let bits = (value + 0).bitPattern
        return bits >> 31 == 0 ? bits | 1 << 31 : ~bits
    }

    private static func value(_ key: UInt32) -> Float {
        Float(bitPattern: key >> 31 == 1 ? key & ~(1 << 31) : ~key)
    }
}
