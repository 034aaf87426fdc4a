import Graph

/// The computation of one element as a graph of scalars: what stands inside a loop nest.
struct ScalarExpression {
    typealias ID = Int

    enum Node: Hashable {
        case load(buffer: Int, offset: Affine)
        /// A row chosen by an index, clamped to `0..<rows`.
        case loadRow(buffer: Int, row: ID, rows: Int, rowStride: Int, offset: Affine)
        /// A number by its bits: 0 equals −0, and yet they are two literals.
        case literal(bits: UInt64)
        case index(Affine)
        case random(keyBuffer: Int, stream: Int, position: Affine)
        case unary(UnaryOp, ID)
        case binary(BinaryOp, ID, ID)
        case compare(Comparison, ID, ID)
        case select(ID, ID, ID)
        case convert(ID)
        /// The first alternative whose conditions hold; zero if none does. Only the chosen one is computed.
        case firstOf([Alternative])
    }

    struct Alternative: Hashable {
        var conditions: [Condition]
        var value: ID
    }

    /// `lower ≤ position < upper`.
    struct Condition: Hashable {
        var position: Affine
        var lower: Int
        var upper: Int
    }

    struct Entry: Hashable {
        var node: Node
        var type: ElementType
    }

    private(set) var entries: [Entry] = []
    private var ids: [Entry: ID] = [:]

    mutating func add(_ node: Node, _ type: ElementType) -> ID {
        let entry = Entry(node: node, type: type)
        if let id = ids[entry] { return id }
        ids[entry] = entries.count
        entries.append(entry)
        return entries.count - 1
    }

    func type(of id: ID) -> ElementType { entries[id].type }

    /// Every linear expression over loop variables in the expression.
    var affines: [Affine] {
        entries.flatMap { entry -> [Affine] in
            switch entry.node {
            case .load(_, let offset), .loadRow(_, _, _, _, let offset): [offset]
            case .index(let position), .random(_, _, let position): [position]
            case .firstOf(let alternatives): alternatives.flatMap { $0.conditions.map(\.position) }
            case .literal, .unary, .binary, .compare, .select, .convert: []
            }
        }
    }
}
