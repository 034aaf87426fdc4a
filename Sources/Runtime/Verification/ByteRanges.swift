/// Sets of bytes as rising ranges that do not touch.
struct ByteRanges: Hashable {
    private(set) var ranges: [Range<Int>] = []

    init(_ unordered: [Range<Int>]) {
        for range in unordered.filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = ranges.last, range.lowerBound <= last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                ranges.append(range)
            }
        }
    }

    /// The bytes below `end` that are in none of the ranges.
    func complement(below end: Int) -> ByteRanges {
        var gaps: [Range<Int>] = []
        var position = 0
        for range in ranges where range.lowerBound < end {
            if position < range.lowerBound { gaps.append(position..<range.lowerBound) }
            position = max(position, range.upperBound)
        }
        if position < end { gaps.append(position..<end) }
        return ByteRanges(gaps)
    }
}
