import Graph

/// The moment when a program's workspace holds most, and what it holds then.
struct WorkspacePeak {
    struct Holding: Hashable {
        var name: String
        var bytes: Int
    }

    let epoch: Int
    /// The largest first; values that share memory count once, under the name of the first.
    let holdings: [Holding]

    init(_ program: Program) {
        var change: [Int: Int] = [:]
        let slices = program.slices.filter { $0.region == .workspace && $0.storage == $0.name }
        for slice in slices {
            change[slice.live.lowerBound, default: 0] += slice.type.byteCount
            change[slice.live.upperBound + 1, default: 0] -= slice.type.byteCount
        }
        var (live, most, peak) = (0, 0, 0)
        for epoch in change.keys.sorted() {
            live += change[epoch] ?? 0
            if live > most { (most, peak) = (live, epoch) }
        }
        var ranges: Set<Range<Int>> = []
        epoch = peak
        holdings = slices.filter { $0.live.contains(peak) && ranges.insert($0.byteRange).inserted }
            .map { Holding(name: $0.name, bytes: $0.type.byteCount) }
            .sorted { ($1.bytes, $0.name) < ($0.bytes, $1.name) }
    }
}
