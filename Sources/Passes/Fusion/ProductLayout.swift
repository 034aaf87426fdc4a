import Graph

/// A general matrix product as calls of the BLAS on row-major matrices with leading dimensions.
///
/// Axes that merge make the matrices of one call; the others are loops around it. A product with windows, for example, is
/// a sum of products over the places in a window.
struct ProductLayout: Hashable {
    typealias Loop = ProductAxes.Loop

    struct Matrix: Hashable {
        /// Whether memory holds the matrix's columns one after the other.
        var isTransposed: Bool
        var leadingDimension: Int
        /// Where the first call's matrix begins, in elements.
        var offset = 0
    }

    let elementType: ElementType
    /// Loops over different parts of the result.
    let loops: [Loop]
    /// Loops whose calls add to the same part of the result.
    let sums: [Loop]
    let rows: Int
    let columns: Int
    let depth: Int
    private(set) var left: Matrix
    private(set) var right: Matrix
    let result: Matrix

    /// What a loop nest pays for a multiplication, where the BLAS pays one.
    static let loopNestCost = 8.0
    /// What a copy pays for an element.
    static let copyCost = 40.0
    /// What a call pays for each element of its matrices, and for itself.
    private static let elementCost = 6.0
    private static let callCost = 30_000.0
    /// A product of fewer multiplications is not worth a call.
    private static let smallest = 512

    /// What all calls cost, in multiplications of the BLAS.
    var cost: Double {
        let calls = (loops + sums).reduce(1) { $0 * Double($1.extent) }
        let (rows, columns, depth) = (Double(rows), Double(columns), Double(depth))
        let elements = rows * depth + depth * columns + rows * columns
        return calls * (rows * columns * depth + Self.elementCost * elements + Self.callCost)
    }

    /// Whether a call of the BLAS pays even where one thread could do the product in its own loops.
    var isLarge: Bool { min(rows, columns, depth) >= 16 && rows * columns * depth >= 1 << 17 }

    /// Whether all axes but those of the batch merge into the matrices of one call.
    func isPlain(_ dimensions: DotDimensions) -> Bool { sums.isEmpty && loops.count == dimensions.leftBatch.count }

    /// Nil where memory does not hold the operands as matrices, or where the product is too small for calls to pay.
    init?(_ dimensions: DotDimensions, _ operands: (left: StridedView, right: StridedView), _ elementType: ElementType) {
        let axes = ProductAxes(dimensions, operands.left, operands.right)
        guard elementType == .f32 || elementType == .f64, axes.multiplications >= Double(Self.smallest),
            var layout = Self.best(axes, elementType)
        else { return nil }
        layout.left.offset = operands.left.offset
        layout.right.offset = operands.right.offset
        self = layout
    }

    /// The layout of a node whose operands are strides over memory.
    init?(of product: Graph.Node, _ graph: Graph, isInMemory: (ValueID) -> Bool) {
        guard case .dot(let dimensions) = product.op,
            let operands = StridedView.operands(of: product, graph, isInMemory: isInMemory)
        else { return nil }
        self.init(dimensions, operands, graph.type(of: product.result).elementType)
    }

    private static func best(_ axes: ProductAxes, _ elementType: ElementType) -> ProductLayout? {
        if let plain = ProductLayout(axes, axes.rows.indices, axes.columns.indices, axes.depth.indices, elementType) {
            return plain.rows * plain.columns * plain.depth >= smallest ? plain : nil
        }
        var best: ProductLayout?
        var cost = loopNestCost * axes.multiplications
        for rows in runs(axes.rows) {
            for columns in runs(axes.columns) {
                for depth in runs(axes.depth) {
                    guard let layout = ProductLayout(axes, rows, columns, depth, elementType), layout.cost < cost else { continue }
                    best = layout
                    cost = layout.cost
                }
            }
        }
        return best
    }

    /// All neighbouring axes that a matrix could have on one side.
    private static func runs(_ loops: [Loop]) -> [Range<Int>] {
        [0..<0] + loops.indices.flatMap { first in (first + 1...loops.count).map { first..<$0 } }
    }

    /// The matrices of one call have the given axes; nil where these do not merge.
    private init?(
        _ axes: ProductAxes, _ rowAxes: Range<Int>, _ columnAxes: Range<Int>, _ depthAxes: Range<Int>,
        _ elementType: ElementType
    ) {
        guard let leftRows = MergedAxis(axes.rows[rowAxes], \.left), let resultRows = MergedAxis(axes.rows[rowAxes], \.result),
            let rightColumns = MergedAxis(axes.columns[columnAxes], \.right),
            let resultColumns = MergedAxis(axes.columns[columnAxes], \.result),
            let leftDepth = MergedAxis(axes.depth[depthAxes], \.left),
            let rightDepth = MergedAxis(axes.depth[depthAxes], \.right),
            let left = Self.matrix(rows: leftRows, columns: leftDepth),
            let right = Self.matrix(rows: rightDepth, columns: rightColumns),
            let result = Self.matrix(rows: resultRows, columns: resultColumns), !result.isTransposed
        else { return nil }
        self.elementType = elementType
        loops = axes.batch + Self.without(rowAxes, axes.rows) + Self.without(columnAxes, axes.columns)
        sums = Self.without(depthAxes, axes.depth)
        rows = leftRows.extent
        columns = rightColumns.extent
        depth = leftDepth.extent
        self.left = left
        self.right = right
        self.result = result
    }

    private static func without(_ range: Range<Int>, _ loops: [Loop]) -> [Loop] {
        Array(loops[..<range.lowerBound] + loops[range.upperBound...])
    }

    /// Rows of a matrix may not overlap: the BLAS refuses a leading dimension below their length.
    private static func matrix(rows: MergedAxis, columns: MergedAxis) -> Matrix? {
        if columns.stride == 1 || columns.extent == 1 {
            let leading = rows.extent == 1 ? max(1, columns.extent) : rows.stride
            guard leading >= columns.extent else { return nil }
            return Matrix(isTransposed: false, leadingDimension: leading)
        }
        if rows.stride == 1 || rows.extent == 1 {
            let leading = columns.extent == 1 ? max(1, rows.extent) : columns.stride
            guard leading >= rows.extent else { return nil }
            return Matrix(isTransposed: true, leadingDimension: leading)
        }
        return nil
    }
}
