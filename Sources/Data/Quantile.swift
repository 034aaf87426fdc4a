/// Quantiles by selection, without sorting: features have millions of values of which two are wanted.
struct Quantile {
    private var values: [Float]
    /// Random pivots, always the same ones, so that no order of the values is slow by construction.
    private var generator = SplitMix64(seed: 0)

    init(_ values: [Float]) {
        self.values = values
    }

    /// The percentile in 0...100, linearly interpolated between its neighbours as numpy does; nil without values.
    mutating func percentile(_ percent: Double) -> Double? {
        guard !values.isEmpty else { return nil }
        let place = min(max(percent, 0), 100) / 100 * Double(values.count - 1)
        let lower = Int(place)
        let fraction = place - Double(lower)
        let low = Double(select(lower))
        guard fraction > 0, lower + 1 < values.count else { return low }
        let high = Double(values[(lower + 1)...].min() ?? 0)
        // From the nearer end, which keeps the result within both.
        return fraction < 0.5 ? low + (high - low) * fraction : high - (high - low) * (1 - fraction)
    }

    /// Reorders so that the value of this rank stands at its place, smaller ones before and larger ones after it.
    private mutating func select(_ rank: Int) -> Float {
        var first = 0
        var last = values.count - 1
        while first < last {
            let pivot = values[first + generator.index(below: last - first + 1)]
            let equal = partition(first, last, pivot)
            if rank < equal.lowerBound {
                last = equal.lowerBound - 1
            } else if rank > equal.upperBound {
                first = equal.upperBound + 1
            } else {
                return pivot
            }
        }
        return values[rank]
    }

    /// Smaller, equal and larger values in this order; returns where the equal ones are.
    private mutating func partition(_ first: Int, _ last: Int, _ pivot: Float) -> ClosedRange<Int> {
        var below = first
        var above = last
        var index = first
        while index <= above {
            if values[index] < pivot {
                values.swapAt(index, below)
                below += 1
                index += 1
            } else if values[index] > pivot {
                values.swapAt(index, above)
                above -= 1
            } else {
                index += 1
            }
        }
        return below...above
    }
}
