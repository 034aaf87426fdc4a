import Graph

/// Prints a loop nest as C for one task range.
struct LoopPrinter {
    let nest: LoopNest
    let buffers: BufferMap
    /// Whether a sum of products multiplies and adds in one expression.
    var contracts = false

    /// Longer flat loops are cut into tasks of this many elements.
    private static let chunk = 4096
    /// Columns that a reduction over rows keeps in registers and cache at once.
    static let columnBlock = 256

    private var target: String { buffers.buffers[nest.target].name }
    private var type: String { CSource.type(nest.elementType) }
    private var assignment: String { nest.accumulates ? "+=" : "=" }

    /// How many tasks the outer loops give; independent of the thread count.
    var tasks: Int {
        nest.outer.reduce(1) { $0 * $1.extent } * blocks
    }

    /// The inner loop is cut where it is long: pieces of a pointwise loop, column blocks of a reduction.
    private var blockSize: Int? {
        guard let inner = nest.inner else { return nil }
        let size = nest.reduction == nil ? Self.chunk : Self.columnBlock
        return inner.extent > size || nest.reduction != nil ? min(size, inner.extent) : nil
    }

    private var blocks: Int {
        guard let inner = nest.inner, let blockSize, blockSize > 0 else { return 1 }
        return (inner.extent + blockSize - 1) / blockSize
    }

    /// The statements of one task; `task` is the variable that numbers it.
    func body(task: String) -> [String] {
        decode(task) + innermost()
    }

    /// The statements of all tasks, one after the other.
    func nested() -> [String] {
        func loop(_ name: String, _ extent: Int, _ lines: [String]) -> [String] {
            ["for (long \(name) = 0; \(name) < \(extent); ++\(name)) {"] + lines.map { "    " + $0 } + ["}"]
        }
        let inside = blockSize != nil && blocks != 1 ? loop("block", blocks, innermost()) : innermost()
        return nest.outer.reversed().reduce(inside) { loop("i\($1.variable)", $1.extent, $0) }
    }

    private func innermost() -> [String] {
        if nest.reduction == nil { return pointwise() }
        return nest.inner != nil ? reduceColumns() : reduceElement()
    }

    /// Recovers the outer loop variables from the task number.
    private func decode(_ task: String) -> [String] {
        var factors = nest.outer.map { (name: "i\($0.variable)", extent: $0.extent) }
        if blockSize != nil { factors.append((name: "block", extent: blocks)) }
        var lines: [String] = []
        var divisor = factors.reduce(1) { $0 * $1.extent }
        for (position, factor) in factors.enumerated() {
            divisor /= max(1, factor.extent)
            let quotient = divisor == 1 ? task : "\(task) / \(divisor)"
            lines.append("const long \(factor.name) = \(position == 0 ? quotient : "(\(quotient)) % \(factor.extent)");")
        }
        return lines
    }

    private var outerVariables: Set<Int> { Set(nest.outer.map(\.variable)).union(0..<nest.tileAxes) }

    private func pointwise() -> [String] {
        guard let inner = nest.inner else {
            var printer = ScalarPrinter(nest.expression, buffers, levels: [outerVariables], roots: storedValues)
            let stores = stores(&printer)
            return printer.lines[0] + stores
        }
        var printer = ScalarPrinter(
            nest.expression, buffers, levels: [outerVariables, outerVariables.union([inner.variable])], roots: storedValues,
            rows: blockSize == nil ? RandomRow(variable: inner.variable, first: "0", limit: "\(inner.extent)", capacity: inner.extent)
                : RandomRow(variable: inner.variable, first: "\(blockSize ?? 0)*block", limit: "limit", capacity: blockSize ?? 0))
        let stores = stores(&printer)
        var lines: [String] = []
        if let blockSize {
            lines.append("const long limit = dg_min_long(\(blockSize)*block + \(blockSize), \(inner.extent));")
        }
        return lines + printer.lines[0] + innerLoop(inner, printer.lines[1] + stores)
    }

    /// The values that are stored, if there are several: each may be used inside the expression as well.
    private var storedValues: [ScalarExpression.ID] {
        nest.further.isEmpty ? [] : [nest.root] + nest.further.map(\.root)
    }

    /// One statement for each result. They come after all that the iteration loads, since a result may take an operand's memory.
    private func stores(_ printer: inout ScalarPrinter) -> [String] {
        ([LoopNest.Store(root: nest.root, target: nest.target)] + nest.further).map { store in
            let value = printer.emit(store.root)
            return "\(buffers.buffers[store.target].name)[\(nest.targetOffset.source)] = \(value);"
        }
    }

    /// The innermost loop over a block of independent elements.
    private func innerLoop(_ inner: LoopNest.Loop, _ statements: [String]) -> [String] {
        let name = "i\(inner.variable)"
        var lines: [String] = []
        var (first, limit) = ("0", "\(inner.extent)")
        if let blockSize {
            first = "\(blockSize)*block"
            limit = "limit"
        }
        lines.append("DG_VECTORIZE")
        lines.append("for (long \(name) = \(first); \(name) < \(limit); ++\(name)) {")
        return lines + statements.map { "    " + $0 } + ["}"]
    }

    /// One result element: the last reduction loop runs in lanes whose partial results are combined in a fixed order.
    private func reduceElement() -> [String] {
        guard let reduction = nest.reduction else { return [] }
        if let maximum = rowMaximum() { return ["\(target)[\(nest.targetOffset.source)] = \(maximum);"] }
        let identity = CSource.literal(reduction.identity, nest.elementType)
        let last = nest.reductions.last
        let levels = reductionLevels()
        var printer = ScalarPrinter(nest.expression, buffers, levels: levels)
        let value = term(&printer)
        let store = "\(target)[\(nest.targetOffset.source)] \(assignment) total;"
        if nest.reductions.isEmpty { return printer.lines[0] + ["const \(type) total = \(value);", store] }
        guard let last, let (vectorLength, lanes) = laneCounts(last.extent) else {
            let inside = printer.lines[levels.count - 1] + ["total = \(combine(reduction, "total", value));"]
            return printer.lines[0] + ["\(type) total = \(identity);"] + loops(0, printer.lines, inside, plainLast: true) + [store]
        }
        let inside = printer.lines[levels.count - 1]
        var body = laneLoop(last, 0, vectorLength, lanes, inside + ["lanes[lane] = \(combine(reduction, value, "lanes[lane]"));"])
        if vectorLength < last.extent {
            body += remainder(last, vectorLength, lanes, inside, value, reduction, identity)
        }
        var finish = ["for (long width = \(lanes / 2); width > 0; width /= 2)",
            "    for (long lane = 0; lane < width; ++lane) lanes[lane] = \(combine(reduction, "lanes[lane]", "lanes[lane + width]"));",
            "total = \(combine(reduction, "lanes[0]", "total"));"]
        if nest.elementType == .f32, reduction != .minimum {
            let function = reduction == .sum ? "dg_sum_lanes" : "dg_max_lanes"
            finish = ["total = \(combine(reduction, "\(function)(lanes, \(lanes))", "total"));"]
        }
        return printer.lines[0]
            + ["\(type) total = \(identity);", "\(type) lanes[\(lanes)];",
                "for (long lane = 0; lane < \(lanes); ++lane) lanes[lane] = \(identity);"]
            + loops(0, printer.lines, body, plainLast: false) + finish + [store]
    }

    /// The maximum of neighbours in memory, as one call.
    private func rowMaximum() -> String? {
        guard nest.reduction == .maximum, nest.elementType == .f32, nest.reductions.count == 1, let loop = nest.reductions.last,
            loop.extent >= 16, case .load(let buffer, let offset) = nest.expression.entries[nest.root].node,
            offset.coefficient(of: loop.variable) == 1
        else { return nil }
        return "dg_row_max(\(buffers.buffers[buffer].name) + \(offset.removing(loop.variable).source), \(loop.extent))"
    }

    private func laneLoop(_ loop: LoopNest.Loop, _ first: Int, _ limit: Int, _ lanes: Int, _ statements: [String]) -> [String] {
        [
            "for (long start = \(first); start < \(limit); start += \(lanes)) {", "    DG_VECTORIZE",
            "    for (long lane = 0; lane < \(lanes); ++lane) {", "        const long i\(loop.variable) = start + lane;",
        ] + statements.map { "        " + $0 } + ["    }", "}"]
    }

    /// What is left of a row: one masked vector where rows are padded, else element by element.
    private func remainder(
        _ loop: LoopNest.Loop, _ first: Int, _ lanes: Int, _ inside: [String], _ value: String, _ reduction: Reduction,
        _ identity: String
    ) -> [String] {
        let name = "i\(loop.variable)"
        if let padded = nest.paddedExtent(of: loop, buffers), (padded - first) % 16 == 0 {
            let masked = "\(name) < \(loop.extent) ? \(value) : \(identity)"
            let statements = inside + ["lanes[lane] = \(combine(reduction, "(\(masked))", "lanes[lane]"));"]
            return laneLoop(loop, first, padded, min(lanes, 16), statements)
        }
        let rest = inside + ["total = \(combine(reduction, "total", value));"]
        return ["for (long \(name) = \(first); \(name) < \(loop.extent); ++\(name)) {"] + rest.map { "    " + $0 } + ["}"]
    }

    private func laneCounts(_ extent: Int) -> (length: Int, lanes: Int)? {
        guard extent >= 16 else { return nil }
        let lanes = extent >= 256 ? 64 : extent >= 64 ? 32 : 16
        return (extent / lanes * lanes, lanes)
    }

    /// The variables known outside the reduction and inside each of its loops.
    private func reductionLevels() -> [Set<Int>] {
        var levels = [outerVariables]
        for loop in nest.reductions { levels.append(levels[levels.count - 1].union([loop.variable])) }
        if let inner = nest.inner { levels.append(levels[levels.count - 1].union([inner.variable])) }
        return levels
    }

    /// The reduction loops around `inside`; without `plainLast` the last loop is written by the caller.
    private func loops(_ depth: Int, _ levels: [[String]], _ inside: [String], plainLast: Bool) -> [String] {
        let count = plainLast ? nest.reductions.count : nest.reductions.count - 1
        guard depth < count else { return inside }
        let loop = nest.reductions[depth]
        let name = "i\(loop.variable)"
        let isInnermost = plainLast && nest.inner == nil && depth == count - 1
        let own = isInnermost ? [] : levels[depth + 1]
        let body = own + loops(depth + 1, levels, inside, plainLast: plainLast)
        return ["for (long \(name) = 0; \(name) < \(loop.extent); ++\(name)) {"] + body.map { "    " + $0 } + ["}"]
    }

    /// A block of neighbouring result elements: rows are added one after the other, all columns side by side.
    private func reduceColumns() -> [String] {
        guard let reduction = nest.reduction, let inner = nest.inner, let blockSize else { return [] }
        let identity = CSource.literal(reduction.identity, nest.elementType)
        let levels = reductionLevels()
        var printer = ScalarPrinter(nest.expression, buffers, levels: levels)
        let value = term(&printer)
        let name = "i\(inner.variable)"
        let slot = blocks == 1 ? name : "\(name) - first"
        let inside = printer.lines[levels.count - 1] + ["column[\(slot)] = \(combine(reduction, "column[\(slot)]", value));"]
        let range = blocks == 1 ? "for (long \(name) = 0; \(name) < \(inner.extent); ++\(name))"
            : "for (long \(name) = first; \(name) < limit; ++\(name))"
        let loop = ["DG_VECTORIZE", "\(range) {"] + inside.map { "    " + $0 } + ["}"]
        var lines = printer.lines[0]
        if blocks > 1 {
            lines += ["const long first = \(blockSize)*block;",
                "const long limit = dg_min_long(first + \(blockSize), \(inner.extent));"]
        }
        lines += ["\(type) column[\(blockSize)];", "for (long j = 0; j < \(blockSize); ++j) column[j] = \(identity);"]
        lines += loops(0, printer.lines, loop, plainLast: true)
        lines += ["DG_VECTORIZE", "\(range) \(target)[\(nest.targetOffset.source)] \(assignment) column[\(slot)];"]
        return lines
    }

    /// What a reduction takes in: a value, or a product that is left for the sum's expression.
    private func term(_ printer: inout ScalarPrinter) -> String {
        contracts && nest.reduction == .sum ? printer.emitTerm(nest.root) : printer.emit(nest.root)
    }

    private func combine(_ reduction: Reduction, _ a: String, _ b: String) -> String {
        let op: BinaryOp =
            switch reduction {
            case .sum: .add
            case .maximum: .maximum
            case .minimum: .minimum
            }
        return CSource.binary(op, a, b, nest.elementType)
    }
}
