/// Kernels that are to run together, tile by tile.
struct TileGroup {
    /// The extents of the axes that number the tiles.
    let tiles: [Int]
    private(set) var accessOf: [Int: TileAccess] = [:]
    /// Kernels that some member needs, directly or not, and kernels that need some member.
    var before = Bits(count: 0)
    var after = Bits(count: 0)

    /// Into how many parts the first axis is cut, each a tile; without it every index is a tile.
    let parts: Int?

    init(tiles: [Int], parts: Int? = nil) {
        self.tiles = tiles
        self.parts = parts
    }

    var count: Int { accessOf.count }
    var members: [Int] { accessOf.keys.sorted() }

    func contains(_ kernel: Int) -> Bool { accessOf[kernel] != nil }
    func contains(where predicate: (Int) -> Bool) -> Bool { accessOf.keys.contains(where: predicate) }

    mutating func insert(_ kernel: Int, _ access: TileAccess) { accessOf[kernel] = access }
}
