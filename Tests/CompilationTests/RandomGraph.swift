import Graph

/// Grows a graph of random operations over values that stay of moderate size.
///
/// In single precision only continuous functions occur, so that a last digit cannot turn into another result.
struct RandomGraph {
    var random: Random
    var builder: GraphBuilder
    let elementType: ElementType
    /// Floating values to go on from.
    private(set) var pool: [ValueID] = []
    let key: ValueID
    private var indices: ValueID
    /// They take many nodes: once in a graph is enough.
    private var hasMatrices = false

    private static let extents = [1, 2, 3, 4, 5, 7, 13, 17, 33]
    let maximumElements: Int
    /// Whether all operations occur, empty tensors, infinite constants, duplicates of nodes, and a scalar output `loss`.
    private let isWide: Bool

    static func make(seed: Int, isWide: Bool = false) throws -> Graph {
        var graph = RandomGraph(seed: seed, isWide: isWide)
        let result = try graph.grow()
        return isWide ? graph.duplicated(result) : result
    }

    private init(seed: Int, isWide: Bool) {
        self.isWide = isWide
        // Even and odd seeds differ in the type: nothing else may depend on that alone.
        maximumElements = isWide && seed / 2 % 5 != 0 ? 500 : 6000
        let extents = isWide && seed / 2 % 5 != 0 ? Self.extents.filter { $0 < 17 } : Self.extents
        random = Random(seed: seed)
        elementType = seed % 2 == 0 ? .f32 : .f64
        builder = GraphBuilder(name: "random \(seed)")
        key = builder.input("key", TensorType(.i32, [2]))
        indices = builder.input("indices", TensorType(.i32, [5]))
        for name in ["a", "b", "c"] {
            let rank = random.integer(1...3)
            let shape = Shape((0..<rank).map { _ in random.choose(extents) })
            pool.append(builder.input(name, TensorType(elementType, shape)))
        }
    }

    private mutating func grow() throws -> Graph {
        let steps = random.integer(12...25)
        let loop = random.integer(3...steps - 1)
        while builder.graph.nodes.count < 12 || pool.count < steps + 3 {
            let value = pool.count == loop + 3 ? try scan() : isWide ? try wideNode() : try node()
            if builder.type(of: value).elementCount <= maximumElements { pool.append(value) }
        }
        for (position, value) in pool.suffix(2).enumerated() { builder.output("last\(position)", value) }
        for position in 0..<3 { builder.output("any\(position)", random.choose(pool)) }
        if isWide { try addWideOutputs() }
        return builder.graph
    }

    func shape(_ value: ValueID) -> Shape { builder.shape(of: value) }
    func rank(_ value: ValueID) -> Int { shape(value).rank }

    /// A value, rather a new one than an old one.
    mutating func any() -> ValueID {
        random.integer(0...2) == 0 ? random.choose(pool) : pool[max(0, pool.count - random.integer(1...5))]
    }

    /// Brings a value into a range where nothing overflows.
    mutating func bounded(_ value: ValueID) throws -> ValueID {
        try builder.unary(random.choose([.tanh, .logistic]), value)
    }

    mutating func node() throws -> ValueID {
        let x = any()
        switch random.integer(0...18) {
        case 0: return try builder.unary(random.choose([.negate, .abs, .tanh, .logistic]), x)
        case 1: return try builder.unary(random.choose([.exp, .sqrt]), builder.unary(.logistic, x))
        case 2: return try builder.unary(.log, builder.add(builder.unary(.abs, x), 0.5))
        case 3: return try bounded(elementwise(x))
        case 4: return try elementwise(x)
        case 5: return try broadcast(x)
        case 6: return try reduce(x)
        case 7, 8: return try dot(x)
        case 9: return try transpose(x)
        case 10: return try reshape(x)
        case 11: return try slice(x)
        case 12: return try pad(x)
        case 13: return try concatenate(x)
        case 14: return try window(x)
        case 15: return try rows(x)
        case 16: return try choose(x)
        case 17: return try matrix(x)
        default: return try dropout(x)
        }
    }

    /// Another value of the same type: one that there is, or one that is made of `x`.
    mutating func partner(_ x: ValueID) throws -> ValueID {
        let others = pool.filter { builder.type(of: $0) == builder.type(of: x) && $0 != x }
        guard builder.type(of: x).elementType.isFloating else { return x }
        return others.isEmpty ? try builder.unary(.tanh, x) : random.choose(others)
    }

    mutating func elementwise(_ x: ValueID) throws -> ValueID {
        let y = try partner(x)
        switch random.integer(0...6) {
        case 0: return try builder.add(x, builder.multiply(y, 0.5))
        case 1: return try builder.subtract(builder.multiply(x, 0.75), y)
        case 2: return try builder.multiply(builder.unary(.tanh, x), y)
        case 3: return try builder.binary(.maximum, x, y)
        case 4: return try builder.binary(.minimum, y, x)
        case 5: return try builder.divide(x, builder.add(builder.unary(.abs, y), 1))
        default: return try builder.binary(.power, builder.add(builder.unary(.logistic, x), 0.5), y)
        }
    }

    mutating func broadcast(_ x: ValueID) throws -> ValueID {
        var extents = shape(x).dimensions
        guard extents.count < 5 else { return try builder.unary(.negate, x) }
        let place = random.integer(0...extents.count)
        extents.insert(random.choose([1, 2, 3, 5]), at: place)
        return try builder.broadcast(x, to: Shape(extents), axes: extents.indices.filter { $0 != place })
    }

    mutating func someAxes(_ x: ValueID) -> [Int] {
        var axes: [Int] = []
        for axis in 0..<rank(x) where random.integer(0...1) == 0 { axes.append(axis) }
        return axes
    }

    private mutating func reduce(_ x: ValueID) throws -> ValueID {
        let axes = someAxes(x)
        switch random.integer(0...3) {
        case 0: return try builder.add(.reduce(.maximum, axes: axes), [x])
        case 1: return try builder.add(.reduce(.minimum, axes: axes), [x])
        default: return try builder.mean(x, axes: axes)
        }
    }

    /// A product over an axis that two values have in common, scaled to the size of its operands.
    private mutating func dot(_ x: ValueID) throws -> ValueID {
        guard rank(x) > 0 else { return try builder.unary(.negate, x) }
        let axis = random.integer(0...rank(x) - 1)
        let y = pool.filter { shape($0).dimensions.contains(shape(x)[axis]) }.randomElement(using: &random) ?? x
        guard let other = shape(y).dimensions.lastIndex(of: shape(x)[axis]) else { return x }
        var dimensions = DotDimensions(leftContracting: [axis], rightContracting: [other])
        // A second common axis may run along.
        let free = dimensions.leftFree(rank: rank(x)).flatMap { left in
            dimensions.rightFree(rank: rank(y)).filter { shape(y)[$0] == shape(x)[left] }.map { (left, $0) }
        }
        if let (left, right) = free.randomElement(using: &random), random.integer(0...1) == 0 {
            (dimensions.leftBatch, dimensions.rightBatch) = ([left], [right])
        }
        let size = dimensions.leftBatch.map { shape(x)[$0] } + dimensions.leftFree(rank: rank(x)).map { shape(x)[$0] }
            + dimensions.rightFree(rank: rank(y)).map { shape(y)[$0] }
        guard size.count <= 5, size.reduce(1, *) <= maximumElements else { return try builder.unary(.abs, x) }
        return try builder.multiply(builder.dot(x, y, dimensions), 1 / Double(shape(x)[axis]))
    }

    mutating func transpose(_ x: ValueID) throws -> ValueID {
        try builder.add(.transpose(permutation: Array(0..<rank(x)).shuffled(using: &random)), [x])
    }

    mutating func reshape(_ x: ValueID) throws -> ValueID {
        let extents = shape(x).dimensions
        let count = shape(x).elementCount
        let shapes = [[count], [1] + extents, extents + [1]] + (extents.count > 1 ? [[extents[0] * extents[1]] + extents[2...]] : [])
            + (count % 2 == 0 ? [[2, count / 2], [count / 2, 2]] : []) + (count % 3 == 0 ? [[count / 3, 3]] : [])
        return try builder.add(.reshape(Shape(random.choose(shapes.filter { $0.count <= 5 }))), [x])
    }

    mutating func slice(_ x: ValueID) throws -> ValueID {
        var (starts, limits, strides) = ([Int](), [Int](), [Int]())
        for extent in shape(x).dimensions {
            let start = random.integer(0...(extent - 1) / 2)
            starts.append(start)
            limits.append(random.integer(start + 1...extent))
            strides.append(random.integer(1...min(3, extent)))
        }
        return try builder.add(.slice(starts: starts, limits: limits, strides: strides), [x])
    }

    mutating func pad(_ x: ValueID) throws -> ValueID {
        let low = (0..<rank(x)).map { _ in random.integer(0...2) }
        let high = (0..<rank(x)).map { _ in random.integer(0...2) }
        return try builder.add(.pad(low: low, high: high), [x])
    }

    mutating func concatenate(_ x: ValueID) throws -> ValueID {
        guard rank(x) > 0 else { return try builder.unary(.negate, x) }
        let y = try partner(x)
        return try builder.add(.concatenate(axis: random.integer(0...rank(x) - 1)), random.choose([[x, y], [y, x, x], [x]]))
    }

    private mutating func window(_ x: ValueID) throws -> ValueID {
        guard rank(x) > 0, rank(x) < 5 else { return try builder.unary(.negate, x) }
        let axis = random.integer(0...rank(x) - 1)
        let windows = try builder.add(.window(axis: axis, size: random.integer(1...min(4, shape(x)[axis]))), [x])
        return random.integer(0...1) == 0 ? windows : try bounded(builder.add(.overlapAdd(axis: axis), [windows]))
    }

    private mutating func rows(_ x: ValueID) throws -> ValueID {
        guard rank(x) > 0 else { return try builder.unary(.abs, x) }
        let taken = try builder.add(.gather, [x, indices])
        return random.integer(0...1) == 0 ? taken : try bounded(builder.add(.scatterAdd(count: random.integer(1...6)), [taken, indices]))
    }

    /// Linear algebra on definite matrices, each made of a row of `x`: its products with itself, and the identity.
    private mutating func matrix(_ x: ValueID) throws -> ValueID {
        guard !hasMatrices, rank(x) > 0, rank(x) < 5, let extent = shape(x).dimensions.last, shape(x).elementCount * extent <= maximumElements
        else { return try builder.unary(.negate, x) }
        hasMatrices = true
        let square = Shape(shape(x).dimensions + [extent])
        let (batch, last) = (Array(0..<rank(x) - 1), rank(x))
        let row = try bounded(x)
        let products = try builder.multiply(
            builder.broadcast(row, to: square, axes: batch + [last - 1]), builder.broadcast(row, to: square, axes: batch + [last]))
        let ones = (0..<extent * extent).map { $0 % (extent + 1) == 0 ? 1.0 : 0 }
        let identity = try builder.add(.constant(TensorType(elementType, [extent, extent]), .dense(ones)), [])
        let definite = try builder.add(products, builder.broadcast(identity, to: square, axes: [last - 1, last]))
        switch random.integer(0...3) {
        case 0: return try builder.add(.matrix(.cholesky), [definite])
        case 1: return try builder.add(.matrix(.squareRoot), [definite])
        case 2: return try builder.add(.matrix(.sylvester), [definite, products])
        default:
            let solve = random.choose([MatrixOp.triangularSolve, .triangularSolveTransposed])
            return try builder.add(.matrix(solve), [definite, products])
        }
    }

    /// A choice by place, or, in double precision, by value.
    private mutating func choose(_ x: ValueID) throws -> ValueID {
        let y = try partner(x)
        if elementType == .f64 {
            let steps = try builder.unary(random.choose([.floor, .sign, .roundEven]), builder.multiply(x, 3.7))
            return try builder.select(builder.compare(random.choose(Comparison.allCases), x, y), builder.multiply(steps, 0.1), y)
        }
        guard rank(x) > 0 else { return try builder.binary(.maximum, x, y) }
        let place = try builder.add(.iota(TensorType(.i32, shape(x)), axis: random.integer(0...rank(x) - 1)), [])
        let limit = try builder.constant(Double(random.integer(0...4)), like: place)
        return try builder.select(builder.compare(.lessOrEqual, place, limit), x, y)
    }

    private mutating func dropout(_ x: ValueID) throws -> ValueID {
        let uniform = try builder.add(.randomUniform(builder.type(of: x), stream: random.integer(0...9)), [key])
        let keep = try builder.compare(.greaterOrEqual, uniform, builder.constant(0.25, like: x))
        return try builder.select(keep, builder.multiply(x, 1.25), builder.constant(0, like: x))
    }

    private mutating func scan() throws -> ValueID {
        let x = any()
        let (count, reverse) = (random.integer(1...5), random.integer(0...1) == 0)
        let start = try builder.unary(.tanh, x)
        let fixed = try partner(x)
        let entries = try builder.multiply(
            builder.broadcast(fixed, to: Shape([count] + shape(x).dimensions), axes: Array(1..<rank(x) + 1)), 0.5)
        let axes = someAxes(x)
        let results = try builder.scan(
            "loop", count: count, reverse: reverse, carried: [("state", start), ("other", x)], invariants: [("fixed", fixed)],
            scanned: [("entry", entries)]
        ) { inner, carried, invariants, scanned throws(Diagnostic) in
            let product = try inner.multiply(carried[0], invariants[0])
            let sum = try inner.add(product, scanned[0])
            let next = try inner.unary(.tanh, sum)
            let mean = try inner.mean(next, axes: axes)
            return (next: [next, carried[0]], stacked: [(name: "mean", value: mean), (name: "before", value: carried[1])])
        }
        pool.append(results[1])
        pool.append(results[2])
        return random.integer(0...1) == 0 ? results[0] : results[3]
    }
}
