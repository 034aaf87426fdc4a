import Passes
import Testing

@Suite struct ArenaPackingTests {
    private static func items(seed: Int) -> [ArenaPacking.Item] {
        var random = Random(seed: seed)
        let epochs = random.integer(1...30)
        return (0..<random.integer(0...60)).map { _ in
            let first = random.integer(0...epochs)
            let size = [0, 1, 63, 64, 65, 4096, random.integer(1...100_000)].randomElement(using: &random) ?? 1
            return ArenaPacking.Item(size: size, live: first...random.integer(first...epochs + 1))
        }
    }

    private static func aligned(_ size: Int) -> Int { (size + 63) / 64 * 64 }

    @Test(arguments: 1...200)
    func nothingOverlaps(_ seed: Int) {
        let items = Self.items(seed: seed)
        let packing = ArenaPacking(items)
        #expect(packing.offsets.count == items.count)
        for (item, offset) in zip(items, packing.offsets) {
            #expect(offset >= 0 && offset % 64 == 0 && offset + item.size <= packing.totalBytes, "seed \(seed)")
        }
        for (a, first) in items.enumerated() {
            for (b, second) in items.enumerated() where a < b && first.live.overlaps(second.live) {
                let apart = packing.offsets[a] + first.size <= packing.offsets[b]
                    || packing.offsets[b] + second.size <= packing.offsets[a]
                #expect(apart || first.size == 0 || second.size == 0, "seed \(seed): items \(a) and \(b)")
            }
        }
        // The bound, epoch by epoch.
        let last = items.map(\.live.upperBound).max() ?? 0
        let bound = (0...last).map { epoch in
            items.filter { $0.live.contains(epoch) }.reduce(0) { $0 + Self.aligned($1.size) }
        }.max() ?? 0
        #expect(packing.lowerBoundBytes == bound && packing.totalBytes >= bound, "seed \(seed)")
        #expect(packing.totalBytes <= items.reduce(0) { $0 + Self.aligned($1.size) }, "seed \(seed)")
        #expect(ArenaPacking(items) == packing, "seed \(seed)")
    }

    @Test func memoryIsUsedAgain() {
        let items = (0..<5).map { ArenaPacking.Item(size: 100, live: $0...$0) }
        #expect(ArenaPacking(items).offsets == [0, 0, 0, 0, 0])
        #expect(ArenaPacking(items).totalBytes == 128)
    }

    @Test func nestedLivesReachTheBound() {
        for count in 1...12 {
            let items = (0..<count).map { ArenaPacking.Item(size: 64 * ($0 + 1), live: $0...(2 * count - $0)) }
            let packing = ArenaPacking(items)
            #expect(packing.totalBytes == packing.lowerBoundBytes && packing.totalBytes == 32 * count * (count + 1))
        }
    }

    @Test func randomLivesComeNearTheBound() {
        var (total, bound) = (0, 0)
        for seed in 1...200 {
            let packing = ArenaPacking(Self.items(seed: seed))
            total += packing.totalBytes
            bound += packing.lowerBoundBytes
        }
        #expect(Double(total) < 1.1 * Double(bound), "\(Double(total) / Double(bound))")
    }

    @Test func nothingNeedsNothing() {
        let packing = ArenaPacking([])
        #expect(packing.offsets.isEmpty && packing.totalBytes == 0 && packing.lowerBoundBytes == 0)
    }
}
