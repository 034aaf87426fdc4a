import Graph

/// What holds the workspace when, with storages that take each other's memory over as one holding.
struct WorkspaceHoldings {
    struct Holding: Hashable {
        /// Of the slices, in the order of the program.
        var names: [String]
        var range: Range<Int>
        var live: ClosedRange<Int>
        var bytes: Int { range.count }
    }

    private(set) var holdings: [Holding] = []
    private let epochs: Int

    init(_ program: Program) {
        epochs = max(program.epochs, 1)
        var last: [Range<Int>: Int] = [:]
        for slice in program.slices where slice.region == .workspace && slice.storage == slice.name && slice.type.byteCount > 0 {
            let bytes = (slice.type.byteCount + 63) / 64 * 64
            let range = slice.offset..<slice.offset + bytes
            // A result that takes over its operand's memory starts in the epoch in which that ends.
            if let place = last[range], holdings[place].live.overlaps(slice.live) {
                holdings[place].names.append(slice.name)
                let live = holdings[place].live
                holdings[place].live = min(live.lowerBound, slice.live.lowerBound)...max(live.upperBound, slice.live.upperBound)
            } else {
                last[range] = holdings.count
                holdings.append(Holding(names: [slice.name], range: range, live: slice.live))
            }
        }
    }

    /// The epoch in which most bytes are held, and how many.
    ///
    /// - Parameter lives: by holding, if they were others than they are.
    func peak(_ lives: [Int: [ClosedRange<Int>]] = [:]) -> (epoch: Int, bytes: Int) {
        var change = [Int](repeating: 0, count: epochs + 2)
        for (index, holding) in holdings.enumerated() {
            for live in lives[index] ?? [holding.live] {
                change[min(max(live.lowerBound, 0), epochs)] += holding.bytes
                change[min(live.upperBound, epochs) + 1] -= holding.bytes
            }
        }
        var (held, best) = (0, (epoch: 0, bytes: 0))
        for epoch in change.indices {
            held += change[epoch]
            if held > best.bytes { best = (epoch, held) }
        }
        return best
    }

    func index(of slice: String) -> Int? { holdings.firstIndex { $0.names.contains(slice) } }
}
