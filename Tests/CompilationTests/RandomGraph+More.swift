import Graph

/// Products over several axes, tensors of whole numbers and of truth values, and loops of other kinds.
extension RandomGraph {
    /// A product of a value with another one of its type: each axis is contracted, runs along, or is free in both.
    mutating func productOfAxes(_ x: ValueID) throws -> ValueID {
        guard rank(x) > 0 else { return try builder.unary(.negate, x) }
        let y = try partner(x)
        var dimensions = DotDimensions(leftContracting: [], rightContracting: [])
        for axis in (0..<rank(x)).shuffled(using: &random) {
            switch random.integer(0...2) {
            case 0: dimensions.leftContracting.append(axis)
            case 1: dimensions.leftBatch.append(axis)
            default: break
            }
        }
        (dimensions.rightContracting, dimensions.rightBatch) = (dimensions.leftContracting, dimensions.leftBatch)
        let free = dimensions.leftFree(rank: rank(x)).map { shape(x)[$0] }
        let batch = dimensions.leftBatch.map { shape(x)[$0] }
        guard batch.count + 2 * free.count <= 5, (batch + free + free).reduce(1, *) <= maximumElements else {
            return try builder.unary(.abs, x)
        }
        let terms = dimensions.leftContracting.reduce(1) { $0 * shape(x)[$1] }
        return try builder.multiply(builder.dot(x, y, dimensions), 1 / Double(max(terms, 1)))
    }

    /// Whole numbers that are moved and reduced before they become floating ones.
    mutating func wholeViews(_ x: ValueID) throws -> ValueID {
        guard rank(x) > 0 else { return try builder.unary(.abs, x) }
        let count = try builder.add(.iota(TensorType(.i32, shape(x)), axis: random.integer(0...rank(x) - 1)), [])
        var whole = try views(builder.subtract(count, builder.constant(2, like: count)))
        if rank(whole) > 0, random.integer(0...1) == 0 {
            let axis = random.integer(0...rank(whole) - 1)
            whole = try builder.add(.reduce(random.choose([.sum, .maximum, .minimum]), axes: [axis]), [whole])
        }
        let floating = try builder.convert(whole, to: elementType)
        let signs = try builder.compare(.less, whole, builder.constant(1, like: whole))
        builder.output("truth\(builder.graph.nodes.count)", try slice(reshape(transpose(signs))))
        return try builder.multiply(floating, 0.125)
    }

    /// A loop without carried values, one that counts, or a loop in a loop.
    mutating func otherLoop(_ x: ValueID) throws -> ValueID {
        let (count, reverse, kind) = (random.integer(1...3), random.integer(0...1) == 0, random.integer(0...2))
        guard rank(x) > 0, rank(x) < 5 else { return try builder.unary(.negate, x) }
        if kind == 0 {
            return try builder.scan(
                "map", count: shape(x)[0], reverse: reverse, carried: [], scanned: [("row", x)]
            ) { inner, _, _, scanned throws(Diagnostic) in
                let value = try inner.unary(.tanh, scanned[0])
                return (next: [], stacked: [(name: "value", value: value)])
            }[0]
        }
        if kind == 1 {
            let start = try builder.constant(0, TensorType(.i32, .scalar))
            let type = elementType
            return try builder.scan(
                "counted", count: count, reverse: reverse, carried: [("state", x), ("count", start)]
            ) { inner, carried, _, _ throws(Diagnostic) in
                let next = try inner.add(carried[1], inner.constant(1, like: carried[1]))
                let step = try inner.convert(next, to: type)
                let shape = inner.shape(of: carried[0])
                let wide = try inner.broadcast(step, to: shape, axes: [])
                let state = try inner.unary(.tanh, inner.multiply(carried[0], wide))
                return (next: [state, next], stacked: [])
            }[0]
        }
        let other = try partner(x)
        return try builder.scan(
            "outer", count: count, reverse: reverse, carried: [("state", x)], invariants: [("fixed", other)]
        ) { outer, carried, invariants, _ throws(Diagnostic) in
            let results = try outer.scan(
                "inner", count: 2, reverse: !reverse, carried: [("state", carried[0])], invariants: [("fixed", invariants[0])]
            ) { inner, carried, invariants, _ throws(Diagnostic) in
                let next = try inner.unary(.tanh, inner.add(carried[0], invariants[0]))
                return (next: [next], stacked: [(name: "before", value: carried[0])])
            }
            let mean = try outer.mean(results[1], axes: [0])
            return (next: [try outer.multiply(results[0], 0.75)], stacked: [(name: "mean", value: mean)])
        }[random.integer(0...1)]
    }
}
