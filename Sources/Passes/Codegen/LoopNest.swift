import Graph

/// Loops around one scalar expression: what a pointwise or reducing kernel computes, before it is printed as C.
struct LoopNest {
    struct Loop: Hashable {
        var variable: Int
        var extent: Int
    }

    /// A value and the buffer that takes it.
    struct Store: Hashable {
        var root: ScalarExpression.ID
        var target: Int
    }

    /// Independent iterations, outermost first; they become the kernel's tasks.
    var outer: [Loop]
    /// Iterations that combine into one result element.
    var reductions: [Loop]
    /// The independent loop that runs innermost, side by side in vector lanes; nil where a reduction runs innermost.
    var inner: Loop?
    var reduction: Reduction?
    var expression: ScalarExpression
    var root: ScalarExpression.ID
    var target: Int
    var targetOffset: Affine
    var elementType: ElementType
    /// Further results of a pointwise nest, each at the same place of its own target.
    var further: [Store] = []
    /// The first variables number the tile; they are known outside and have no loops here.
    var tileAxes = 0
    /// Whether results are added to what the target holds.
    var accumulates = false

    /// Loops over a result of the given shape.
    static func pointwise(
        _ shape: Shape, _ lowering: inout ScalarLowering, target: Int, type: ElementType, tileAxes: Int = 0,
        _ element: (inout ScalarLowering, [Affine]) throws(Diagnostic) -> ScalarExpression.ID
    ) throws(Diagnostic) -> LoopNest {
        try pointwise(shape, &lowering, targets: [target], type: type, tileAxes: tileAxes) { lowering, index throws(Diagnostic) in
            [try element(&lowering, index)]
        }
    }

    /// Loops over results of one shape, which all lie in memory like the first.
    static func pointwise(
        _ shape: Shape, _ lowering: inout ScalarLowering, targets: [Int], type: ElementType, tileAxes: Int = 0,
        _ elements: (inout ScalarLowering, [Affine]) throws(Diagnostic) -> [ScalarExpression.ID]
    ) throws(Diagnostic) -> LoopNest {
        let index = shape.dimensions.indices.map { Affine(variable: $0) }
        let stores = zip(try elements(&lowering, index), targets).map { Store(root: $0, target: $1) }
        let (root, target) = (stores[0].root, stores[0].target)
        let loops = shape.dimensions.enumerated().map { Loop(variable: $0.offset, extent: $0.element) }
        var nest = LoopNest(
            outer: Array(loops.dropFirst(tileAxes)), reductions: [], inner: nil, reduction: nil,
            expression: lowering.expression, root: root, target: target,
            targetOffset: .linear(index, strides: lowering.buffers.strides(target, shape)), elementType: type,
            further: Array(stores.dropFirst()), tileAxes: tileAxes)
        nest.outer = nest.simplified(nest.outer)
        if var last = nest.outer.popLast() {
            if let padded = nest.paddedExtent(of: last, lowering.buffers), lowering.buffers.buffers[target].rowLength == padded {
                last.extent = padded
            }
            nest.inner = last
        }
        return nest
    }

    /// How far a loop may run where everything that it reads along the way lies in padded rows.
    func paddedExtent(of loop: Loop, _ buffers: BufferMap) -> Int? {
        let padded = (loop.extent + 15) / 16 * 16
        for entry in expression.entries {
            switch entry.node {
            case .load(let buffer, let offset):
                let step = offset.coefficient(of: loop.variable)
                guard step == 0
                    || (step == 1 && (buffers.buffers[buffer].rowLength == padded || buffers.buffers[buffer].allowsOverreading))
                else { return nil }
            case .loadRow, .firstOf: return nil
            case .literal, .index, .random, .unary, .binary, .compare, .select, .convert: continue
            }
        }
        return padded
    }

    /// A reduction: `resultVariables` number the result's axes, `reduced` are further loops.
    ///
    /// - Parameter innerIsResult: whether the result's last axis runs innermost.
    static func reducing(
        _ reduction: Reduction, result shape: Shape, reduced: [Loop], innerIsResult: Bool,
        _ lowering: ScalarLowering, root: ScalarExpression.ID, target: Int, type: ElementType, tileAxes: Int = 0
    ) -> LoopNest {
        let index = shape.dimensions.indices.map { Affine(variable: $0) }
        var loops = Array(shape.dimensions.enumerated().map { Loop(variable: $0.offset, extent: $0.element) }.dropFirst(tileAxes))
        let inner = innerIsResult ? loops.popLast() : nil
        var nest = LoopNest(
            outer: loops, reductions: reduced, inner: inner, reduction: reduction, expression: lowering.expression,
            root: root, target: target, targetOffset: .linear(index, strides: lowering.buffers.strides(target, shape)),
            elementType: type, tileAxes: tileAxes)
        nest.outer = nest.simplified(nest.outer)
        nest.reductions = nest.simplified(nest.reductions)
        return nest
    }

    /// Drops loops of one iteration and merges neighbours that walk memory as one.
    private mutating func simplified(_ loops: [Loop]) -> [Loop] {
        var result: [Loop] = []
        for loop in loops {
            if loop.extent == 1 {
                rewrite { $0.removing(loop.variable) }
                continue
            }
            if let last = result.last, canMerge(last, loop) {
                result.removeLast()
                rewrite { $0.removing(last.variable) }
                result.append(Loop(variable: loop.variable, extent: last.extent * loop.extent))
            } else {
                result.append(loop)
            }
        }
        return result
    }

    /// The nest with outer loops taken into the inner one, where they walk memory as one: its rows may be shorter than vectors.
    ///
    /// - Parameter block: the longest row of sums that are kept at once; a longer one must be whole blocks.
    func mergingInner(block: Int) -> LoopNest {
        var nest = self
        while let last = nest.outer.last, let inner = nest.inner, nest.canMerge(last, inner) {
            let merged = last.extent * inner.extent
            guard reduction == nil || merged <= block || merged % block == 0 else { break }
            nest.outer.removeLast()
            nest.rewrite { $0.removing(last.variable) }
            nest.inner = Loop(variable: inner.variable, extent: last.extent * inner.extent)
        }
        return nest
    }

    private func canMerge(_ slow: Loop, _ fast: Loop) -> Bool {
        (expression.affines + [targetOffset]).allSatisfy {
            $0.coefficient(of: slow.variable) == $0.coefficient(of: fast.variable) * fast.extent
        }
    }

    private mutating func rewrite(_ transform: (Affine) -> Affine) {
        targetOffset = transform(targetOffset)
        let rewritten = expression.mapAffines(transform)
        root = rewritten.ids[root]
        for index in further.indices { further[index].root = rewritten.ids[further[index].root] }
        expression = rewritten.expression
    }
}

extension ScalarExpression {
    /// The expression with every linear expression replaced; entries keep their order.
    func mapAffines(_ transform: (Affine) -> Affine) -> (expression: ScalarExpression, ids: [ID]) {
        var result = ScalarExpression()
        var ids: [ID] = []
        for entry in entries {
            let node: Node =
                switch entry.node {
                case .load(let buffer, let offset): .load(buffer: buffer, offset: transform(offset))
                case .loadRow(let buffer, let row, let rows, let rowStride, let offset):
                    .loadRow(buffer: buffer, row: ids[row], rows: rows, rowStride: rowStride, offset: transform(offset))
                case .literal(let bits): .literal(bits: bits)
                case .index(let position): .index(transform(position))
                case .random(let key, let stream, let position):
                    .random(keyBuffer: key, stream: stream, position: transform(position))
                case .unary(let op, let a): .unary(op, ids[a])
                case .binary(let op, let a, let b): .binary(op, ids[a], ids[b])
                case .compare(let comparison, let a, let b): .compare(comparison, ids[a], ids[b])
                case .select(let predicate, let a, let b): .select(ids[predicate], ids[a], ids[b])
                case .convert(let a): .convert(ids[a])
                case .firstOf(let alternatives):
                    .firstOf(
                        alternatives.map { alternative in
                            Alternative(
                                conditions: alternative.conditions.map {
                                    Condition(position: transform($0.position), lower: $0.lower, upper: $0.upper)
                                }, value: ids[alternative.value])
                        })
                }
            ids.append(result.add(node, entry.type))
        }
        return (result, ids)
    }
}
