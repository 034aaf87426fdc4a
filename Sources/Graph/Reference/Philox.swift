/// Philox 4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
///
/// Four 32-bit words are a pure function of a counter and a key, so any element can be drawn again anywhere.
public enum Philox {
    public static func words(
        counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
    ) -> (UInt32, UInt32, UInt32, UInt32) {
        var (c, k) = (counter, key)
        for _ in 0..<10 {
            let p0 = UInt64(0xD251_1F53) * UInt64(c.0)
            let p1 = UInt64(0xCD9E_8D57) * UInt64(c.2)
            c = (
                UInt32(p1 >> 32) ^ c.1 ^ k.0, UInt32(truncatingIfNeeded: p1),
                UInt32(p0 >> 32) ^ c.3 ^ k.1, UInt32(truncatingIfNeeded: p0)
            )
            k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
        }
        return c
    }

    /// The uniform number in [0, 1) of `random_uniform` at a linear index: 24 bits of one word of a block.
    ///
    /// 64 neighbours share 16 blocks: element i takes word (i / 16) mod 4 of block 16 · (i / 64) + i mod 16, so that 16
    /// lanes of a vector unit draw from 16 blocks at once and use all four words. The counter is (block, stream, 0, 0).
    public static func uniform(index: Int, stream: Int, key: (UInt32, UInt32)) -> Double {
        let block = (UInt64(index) >> 6) << 4 | UInt64(index) & 15
        let words = words(
            counter: (UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: stream), UInt32(block >> 32), 0),
            key: key)
        let word =
            switch (index >> 4) & 3 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return Double(word >> 8) * 0x1p-24
    }
}
