/// Puts intervals of memory into one arena so that no two that are live together overlap.
public struct ArenaPacking: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        /// In bytes.
        public var size: Int
        /// In epochs.
        public var live: ClosedRange<Int>
        public init(size: Int, live: ClosedRange<Int>) {
            self.size = size
            self.live = live
        }
    }

    /// By item, in bytes.
    public let offsets: [Int]
    public let totalBytes: Int
    /// The most bytes live in one epoch.
    public let lowerBoundBytes: Int

    public static let alignment = 64

    /// Tries several orders and keeps the best; deterministic, ties go to the earlier item.
    public init(_ items: [Item]) {
        let bound = Self.lowerBound(items)
        let indices = Array(items.indices)
        func length(_ index: Int) -> Int { items[index].live.count }
        let orders: [[Int]] = [
            indices.sorted { (-items[$0].size, $0) < (-items[$1].size, $1) },
            indices.sorted { (-items[$0].size * length($0), $0) < (-items[$1].size * length($1), $1) },
            indices.sorted { (-length($0), -items[$0].size, $0) < (-length($1), -items[$1].size, $1) },
            indices.sorted { (items[$0].live.lowerBound, -items[$0].size, $0) < (items[$1].live.lowerBound, -items[$1].size, $1) },
        ]
        var best: (offsets: [Int], total: Int)?
        for order in orders {
            if let best, best.total <= bound { break }
            let candidate = Self.firstFit(items, order)
            if best.map({ candidate.total < $0.total }) ?? true { best = candidate }
        }
        offsets = best?.offsets ?? []
        totalBytes = best?.total ?? 0
        lowerBoundBytes = bound
    }

    private static func aligned(_ size: Int) -> Int { (size + alignment - 1) / alignment * alignment }

    private static func lowerBound(_ items: [Item]) -> Int {
        var change: [Int: Int] = [:]
        for item in items {
            change[item.live.lowerBound, default: 0] += aligned(item.size)
            change[item.live.upperBound + 1, default: 0] -= aligned(item.size)
        }
        var (live, peak) = (0, 0)
        for epoch in change.keys.sorted() {
            live += change[epoch] ?? 0
            peak = max(peak, live)
        }
        return peak
    }

    /// Places items one by one, each into the tightest gap among those that are live with it.
    private static func firstFit(_ items: [Item], _ order: [Int]) -> (offsets: [Int], total: Int) {
        var offsets = [Int](repeating: 0, count: items.count)
        var placed: [(start: Int, end: Int, live: ClosedRange<Int>)] = []
        var total = 0
        for index in order {
            let item = items[index]
            let size = aligned(item.size)
            var (position, best, bestGap) = (0, -1, Int.max)
            for other in placed where other.live.overlaps(item.live) {
                let gap = other.start - position
                if gap >= size && gap < bestGap { (best, bestGap) = (position, gap) }
                position = max(position, other.end)
            }
            let start = best >= 0 ? best : position
            offsets[index] = start
            total = max(total, start + size)
            let insertion = placed.firstIndex { $0.start > start } ?? placed.count
            placed.insert((start, start + size, item.live), at: insertion)
        }
        return (offsets, total)
    }
}
