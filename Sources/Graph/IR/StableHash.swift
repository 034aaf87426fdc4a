/// FNV-1a of 128 bits over a canonical encoding.
///
/// Swift's own hasher is seeded anew in every process. In the encoding each list stands after its length and each choice
/// after a word, so that different graphs never have equal encodings.
struct StableHash {
    private(set) var state: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
    private static let prime: UInt128 = (1 << 88) + 0x13b

    mutating func add(_ byte: UInt8) {
        state = (state ^ UInt128(byte)) &* Self.prime
    }

    mutating func add(_ bits: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: bits >> shift)) }
    }

    mutating func add(_ bits: UInt128) {
        add(UInt64(truncatingIfNeeded: bits))
        add(UInt64(truncatingIfNeeded: bits >> 64))
    }

    mutating func add(_ integer: Int) {
        add(UInt64(bitPattern: Int64(integer)))
    }

    mutating func add(_ word: String) {
        add(word.utf8.count)
        for byte in word.utf8 { add(byte) }
    }

    mutating func add(_ integers: [Int]) {
        add(integers.count)
        for integer in integers { add(integer) }
    }

    mutating func add(_ type: TensorType) {
        add(type.elementType.rawValue)
        add(type.shape.dimensions)
    }

    mutating func add(_ graph: Graph) {
        add(graph.inputs.count)
        for input in graph.inputs {
            add(input.value.index)
            add(input.role.rawValue)
            add(graph.type(of: input.value))
        }
        add(graph.nodes.count)
        for node in graph.nodes {
            add(node.op)
            add(node.operands.map(\.index))
            add(node.results.map(\.index))
            for result in node.results { add(graph.type(of: result)) }
        }
        add(graph.outputs.count)
        for output in graph.outputs {
            add(output.value.index)
            add(output.updates ?? -1)
        }
    }

    /// An operation as its text says it. The types that it carries are those of its results.
    private mutating func add(_ op: Op) {
        addWithoutBody(op)
        if case .scan(let scan) = op { add(scan.body) }
    }

    mutating func addWithoutBody(_ op: Op) {
        add(op.spelling)
        for attribute in op.attributes { add(attribute) }
    }

    private mutating func add(_ attribute: OpAttribute) {
        add(attribute.name)
        switch attribute.value {
        case .integer(let integer): add(integer)
        case .integers(let integers): add(integers)
        case .pair(let left, let right):
            add(left)
            add(right)
        case .flag(let flag): add(flag ? 1 : 0)
        case .word(let word): add(word)
        case .constant(.splat(let number), _):
            add("splat")
            add(Constant.pattern(number))
        case .constant(.dense(let numbers), _):
            add("dense")
            add(numbers.count)
            for number in numbers { add(Constant.pattern(number)) }
        }
    }
}
