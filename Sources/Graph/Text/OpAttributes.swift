/// One attribute of an operation with its value, as it is printed and hashed.
struct OpAttribute: Hashable, Sendable {
    enum Value: Hashable, Sendable {
        case integer(Int)
        case integers([Int])
        /// One list for the left operand and one for the right.
        case pair([Int], [Int])
        case flag(Bool)
        case word(String)
        case constant(Constant, ElementType)
    }

    var name: String
    var value: Value

    init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}

extension Op {
    /// The attributes in schema order. What the result types or the body already say is none of them.
    var attributes: [OpAttribute] {
        switch self {
        case .constant(let type, let constant): [OpAttribute("value", .constant(constant, type.elementType))]
        case .iota(_, let axis), .concatenate(let axis), .overlapAdd(let axis): [OpAttribute("axis", .integer(axis))]
        case .randomUniform(_, let stream): [OpAttribute("stream", .integer(stream))]
        case .unary, .binary, .select, .convert, .stopGradient, .reshape, .gather, .matrix: []
        case .compare(let comparison): [OpAttribute("kind", .word(comparison.rawValue))]
        case .reduce(let reduction, let axes):
            [OpAttribute("kind", .word(reduction.rawValue)), OpAttribute("axes", .integers(axes))]
        case .dot(let dimensions):
            [
                OpAttribute("batch", .pair(dimensions.leftBatch, dimensions.rightBatch)),
                OpAttribute("contract", .pair(dimensions.leftContracting, dimensions.rightContracting)),
            ]
        case .transpose(let permutation): [OpAttribute("permutation", .integers(permutation))]
        case .broadcast(_, let axes): [OpAttribute("axes", .integers(axes))]
        case .slice(let starts, let limits, let strides):
            [
                OpAttribute("starts", .integers(starts)), OpAttribute("limits", .integers(limits)),
                OpAttribute("strides", .integers(strides)),
            ]
        case .pad(let low, let high): [OpAttribute("low", .integers(low)), OpAttribute("high", .integers(high))]
        case .window(let axis, let size): [OpAttribute("axis", .integer(axis)), OpAttribute("size", .integer(size))]
        case .scatterAdd(let count): [OpAttribute("count", .integer(count))]
        case .scan(let scan):
            [
                OpAttribute("count", .integer(scan.count)), OpAttribute("carried", .integer(scan.carried)),
                OpAttribute("scanned", .integer(scan.scanned)), OpAttribute("reverse", .flag(scan.reverse)),
            ]
        }
    }
}

/// Everything of an instruction but its operands, as the parser has read it.
struct OpSyntax {
    var definition: OpDefinition
    var attributes: AttributeReader
    /// The type of the first result, from which constants and the like take theirs.
    var type: TensorType
    /// The body between braces; present exactly for a scan.
    var body: Graph?
}

extension Op {
    /// The inverse of `attributes`: the operation that an instruction spells.
    init(_ syntax: OpSyntax, _ blobs: inout BlobReader) throws(Diagnostic) {
        let (attributes, type) = (syntax.attributes, syntax.type)
        switch syntax.definition.kind {
        case .constant: self = .constant(type, try attributes.constant("value", type.elementType, &blobs))
        case .iota: self = .iota(type, axis: try attributes.integer("axis"))
        case .randomUniform: self = .randomUniform(type, stream: try attributes.integer("stream"))
        case .unary: self = .unary(try attributes.spelled(UnaryOp.self))
        case .binary: self = .binary(try attributes.spelled(BinaryOp.self))
        case .compare: self = .compare(try attributes.choice("kind", Comparison.self))
        case .select: self = .select
        case .convert: self = .convert(type.elementType)
        case .stopGradient: self = .stopGradient
        case .reduce:
            self = .reduce(try attributes.choice("kind", Reduction.self), axes: try attributes.integers("axes"))
        case .dot: self = .dot(try DotDimensions(attributes))
        case .transpose: self = .transpose(permutation: try attributes.integers("permutation"))
        case .reshape: self = .reshape(type.shape)
        case .broadcast: self = .broadcast(type.shape, axes: try attributes.integers("axes"))
        case .slice:
            self = .slice(
                starts: try attributes.integers("starts"), limits: try attributes.integers("limits"),
                strides: try attributes.integers("strides"))
        case .pad: self = .pad(low: try attributes.integers("low"), high: try attributes.integers("high"))
        case .concatenate: self = .concatenate(axis: try attributes.integer("axis"))
        case .window: self = .window(axis: try attributes.integer("axis"), size: try attributes.integer("size"))
        case .overlapAdd: self = .overlapAdd(axis: try attributes.integer("axis"))
        case .gather: self = .gather
        case .scatterAdd: self = .scatterAdd(count: try attributes.integer("count"))
        case .matrix: self = .matrix(try attributes.spelled(MatrixOp.self))
        case .scan: self = .scan(try Scan(attributes, body: syntax.body))
        }
    }
}

extension DotDimensions {
    fileprivate init(_ attributes: AttributeReader) throws(Diagnostic) {
        let batch = try attributes.integerPair("batch")
        let contract = try attributes.integerPair("contract")
        self.init(
            leftBatch: batch.left, rightBatch: batch.right, leftContracting: contract.left,
            rightContracting: contract.right)
    }
}

extension Scan {
    fileprivate init(_ attributes: AttributeReader, body: Graph?) throws(Diagnostic) {
        guard let body else {
            let owner = attributes.owner
            throw attributes.source.error(
                "text.body", at: owner.offset, owner.text, "the body is missing", expected: "'{' after the types")
        }
        self.init(
            count: try attributes.integer("count"), carried: try attributes.integer("carried"),
            scanned: try attributes.integer("scanned"), reverse: try attributes.flag("reverse"), body: body)
    }
}

extension AttributeReader {
    /// The elementwise operation that the instruction's own word names.
    fileprivate func spelled<Choice: RawRepresentable<String>>(_ type: Choice.Type) throws(Diagnostic) -> Choice {
        guard let choice = Choice(rawValue: owner.text) else { throw source.unknownOperation(owner) }
        return choice
    }
}

extension SourceText {
    func unknownOperation(_ token: Token) -> Diagnostic {
        error(
            "text.unknown-op", at: token.offset, token.text, "no such operation",
            expected: "an operation of docs/ops.md", found: token.description)
    }
}
