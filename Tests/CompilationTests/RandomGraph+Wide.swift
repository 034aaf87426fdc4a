import Graph

/// Operations and corner cases beyond those of ordinary random graphs.
extension RandomGraph {
    mutating func wideNode() throws -> ValueID {
        let x = any()
        switch random.integer(0...31) {
        case 19: return try converted(x)
        case 20: return try builder.stopGradient(x)
        case 21: return try views(x)
        case 22: return try reductionOfOne(x)
        case 23: return try largeBroadcast(x)
        case 24: return try masked(x)
        case 25: return try integers(x)
        case 26: return try softmax(x)
        case 27: return try bounded(builder.divide(x, partner(x)))
        case 28: return try empty(x)
        case 29: return try productOfAxes(x)
        case 30: return try wholeViews(x)
        case 31: return try otherLoop(x)
        default: return try node()
        }
    }

    /// The scalar that gradients are of depends on every floating output.
    mutating func addWideOutputs() throws {
        var loss = try builder.constant(0, TensorType(elementType, .scalar))
        let outputs = builder.graph.outputs.filter { builder.type(of: $0.value).elementType.isFloating }
        for (position, output) in outputs.enumerated() {
            let mean = try builder.mean(builder.unary(.tanh, output.value))
            loss = try builder.add(loss, builder.multiply(mean, [1, -0.5, 0.75][position % 3]))
        }
        builder.output("mask", try builder.compare(.less, pool[pool.count - 1], partner(pool[pool.count - 1])))
        builder.output("loss", loss)
    }

    private mutating func converted(_ x: ValueID) throws -> ValueID {
        let other: ElementType = elementType == .f32 ? .f64 : .f32
        let there = try builder.convert(x, to: other)
        return try builder.convert(builder.multiply(there, 1.5), to: elementType)
    }

    mutating func views(_ x: ValueID) throws -> ValueID {
        var value = x
        for _ in 0..<random.integer(2...4) {
            switch random.integer(0...5) {
            case 0: value = try transpose(value)
            case 1: value = try reshape(value)
            case 2: value = try slice(value)
            case 3: value = try broadcast(value)
            case 4: value = try pad(value)
            default: value = try concatenate(value)
            }
            if shape(value).elementCount > maximumElements { return x }
        }
        return value
    }

    /// Over axes of one entry only.
    private mutating func reductionOfOne(_ x: ValueID) throws -> ValueID {
        let place = random.integer(0...rank(x))
        var extents = shape(x).dimensions
        extents.insert(1, at: place)
        let one = try builder.reshape(x, Shape(extents))
        return try builder.add(.reduce(random.choose([.sum, .maximum, .minimum]), axes: [place]), [one])
    }

    /// A tensor of many repetitions that is summed up again.
    private mutating func largeBroadcast(_ x: ValueID) throws -> ValueID {
        guard rank(x) < 5, shape(x).elementCount < 100 else { return try builder.unary(.negate, x) }
        let count = random.choose([31, 64, 127])
        let place = random.choose([0, rank(x)])
        var extents = shape(x).dimensions
        extents.insert(count, at: place)
        let axes = extents.indices.filter { $0 != place }
        let wide = try builder.broadcast(x, to: Shape(extents), axes: axes)
        let ramp = try builder.multiply(builder.add(.iota(TensorType(elementType, [count]), axis: 0), []), 1 / 64.0)
        let factors = try builder.broadcast(ramp, to: Shape(extents), axes: [place])
        let terms = try builder.unary(.tanh, builder.multiply(wide, factors))
        return try builder.mean(terms, axes: random.integer(0...1) == 0 ? [place] : axes)
    }

    /// Logic on masks that depend on places and on random numbers.
    private mutating func mask(_ x: ValueID) throws -> ValueID {
        let uniform = try builder.add(.randomUniform(builder.type(of: x), stream: random.integer(0...9)), [key])
        let drawn = try builder.compare(.less, uniform, builder.constant(0.5, like: x))
        guard rank(x) > 0 else { return try builder.unary(.logicalNot, drawn) }
        let place = try builder.add(.iota(TensorType(.i32, shape(x)), axis: random.integer(0...rank(x) - 1)), [])
        let limit = try builder.constant(Double(random.integer(0...3)), like: place)
        let placed = try builder.compare(random.choose(Comparison.allCases), place, limit)
        return try builder.binary(random.choose([.logicalAnd, .logicalOr]), drawn, builder.unary(.logicalNot, placed))
    }

    private mutating func masked(_ x: ValueID) throws -> ValueID {
        let mask = try mask(x)
        switch random.integer(0...2) {
        case 0: return try builder.select(mask, x, partner(x))
        case 1: return try builder.multiply(x, builder.convert(mask, to: elementType))
        default: return try builder.select(mask, builder.constant(random.choose([-0.0, 0, 1]), like: x), x)
        }
    }

    /// Whole numbers, as in positions, brought back to floating ones.
    private mutating func integers(_ x: ValueID) throws -> ValueID {
        guard rank(x) > 0 else { return try builder.unary(.abs, x) }
        let type = TensorType(.i32, shape(x))
        let a = try builder.add(.iota(type, axis: random.integer(0...rank(x) - 1)), [])
        let b = try builder.constant(Double(random.integer(-3...3)), type)
        let c = try builder.binary(random.choose([.add, .subtract, .multiply, .maximum, .minimum]), a, b)
        let d = try builder.unary(random.choose([.negate, .abs, .sign]), c)
        let whole = try builder.convert(d, to: elementType)
        return try bounded(builder.add(x, builder.multiply(whole, 0.125)))
    }

    /// As attention computes it; a row without any entry becomes NaN.
    private mutating func softmax(_ x: ValueID) throws -> ValueID {
        guard rank(x) > 0 else { return try builder.unary(.abs, x) }
        let open = try builder.select(mask(x), builder.constant(-.infinity, like: x), x)
        let last = rank(x) - 1
        let largest = try builder.restore(builder.maximum(open, axes: [last]), to: shape(x), removed: [last])
        // Without this most graphs would end in NaN.
        let bounded = try builder.atLeast(largest, -8)
        let weights = try builder.unary(.exp, builder.subtract(open, bounded))
        let sum = try builder.restore(builder.sum(weights, axes: [last]), to: shape(x), removed: [last])
        return try builder.divide(weights, random.integer(0...7) == 0 ? sum : builder.add(sum, 0.125))
    }

    /// Goes through a tensor without elements and comes back with what the interpreter makes of it.
    private mutating func empty(_ x: ValueID) throws -> ValueID {
        guard rank(x) > 0, rank(x) < 5 else { return try builder.unary(.abs, x) }
        let axis = random.integer(0...rank(x) - 1)
        let nothing = try builder.unary(.tanh, builder.slice(x, axis: axis, 0, 0))
        switch random.integer(0...4) {
        case 0: return try builder.concatenate([nothing, x, nothing], axis: axis)
        case 1:
            let axes = shape(x).dimensions.indices
            return try builder.add(.pad(low: axes.map { $0 == axis ? 1 : 0 }, high: axes.map { _ in 1 }), [nothing])
        case 2: return try builder.sum(nothing, axes: [axis])
        case 3: return try bounded(builder.add(.reduce(random.choose([.maximum, .minimum]), axes: [axis]), [nothing]))
        default: return try builder.dot(nothing, nothing, DotDimensions(leftContracting: [axis], rightContracting: [axis]))
        }
    }

    /// The graph with some nodes twice; the builder itself would share them.
    mutating func duplicated(_ graph: Graph) -> Graph {
        var result = Graph(name: graph.name)
        result.inputs = graph.inputs
        result.values = graph.inputs.map { graph.values[$0.value.index] }
        var choices = Dictionary(uniqueKeysWithValues: graph.inputs.map { ($0.value, [$0.value]) })
        for node in graph.nodes {
            for copy in 0...(random.integer(0...7) == 0 ? 1 : 0) {
                let id = NodeID(result.nodes.count)
                let operands = node.operands.map { random.choose(choices[$0] ?? [$0]) }
                var results: [ValueID] = []
                for (position, value) in node.results.enumerated() {
                    let new = ValueID(result.values.count)
                    let name = graph.name(of: value) + (copy == 0 ? "" : ".again")
                    result.values.append(Graph.Value(name: name, type: graph.type(of: value), definition: .node(id, result: position)))
                    results.append(new)
                    choices[value, default: []].append(new)
                }
                result.nodes.append(Graph.Node(op: node.op, operands: operands, results: results))
            }
        }
        result.outputs = graph.outputs.map { Graph.Output(name: $0.name, value: random.choose(choices[$0.value] ?? [$0.value])) }
        return result
    }
}
