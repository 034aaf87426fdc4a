/// How a tiled kernel walks over the leading axes of its values.
public struct Tiling: Hashable, Sendable {
    /// How many leading axes number the tiles.
    public var axes: Int
    /// How many tasks share the tiles, each a run of equal length; without it every tile is a task of its own.
    ///
    /// Results whose first axis numbers the tasks are sums over the tiles of a task.
    public var tasks: Int?
    /// Ranges of body nodes that run once for every index of one axis more.
    public var inner: [Range<Int>]
    /// Ranges of body nodes, inside the inner ones if there are any, that run once for every block of a tile's rows.
    public var blocks: [RowBlocks]

    /// Nodes that treat every row of a tile alike, or add over the rows.
    public struct RowBlocks: Hashable, Sendable {
        public var nodes: Range<Int>
        /// How many rows are taken at once; the last block may be shorter.
        public var rows: Int
        public init(nodes: Range<Int>, rows: Int) {
            self.nodes = nodes
            self.rows = rows
        }
    }

    public init(axes: Int, tasks: Int? = nil, inner: [Range<Int>] = [], blocks: [RowBlocks] = []) {
        self.axes = axes
        self.tasks = tasks
        self.inner = inner
        self.blocks = blocks
    }

    /// Whether a reshape only cuts the first axis into the tasks' equal parts.
    package static func cutsFirstAxis(_ source: Shape, into target: Shape, tasks: Int) -> Bool {
        guard source.rank >= 1, target.rank == source.rank + 1, target[0] == tasks else { return false }
        return Array(target.dimensions.dropFirst(2)) == Array(source.dimensions.dropFirst())
            && target[0] * target[1] == source[0]
    }
}
