/// The operations by name, so that a model reads like its equations.
extension GraphBuilder {
    public mutating func constant(_ value: Double, like other: ValueID) throws(Diagnostic) -> ValueID {
        try constant(value, type(of: other))
    }

    /// A constant that is the same number everywhere, rounded to its element type.
    public mutating func constant(_ value: Double, _ type: TensorType) throws(Diagnostic) -> ValueID {
        let rounded = type.elementType == .f32 ? Double(Float(value)) : value
        let outer = scope
        scope = ""
        defer { scope = outer }
        return try add(.constant(type, .splat(rounded)), [], "c\(Self.spell(rounded))")
    }

    private static func spell(_ value: Double) -> String {
        if let whole = Int(exactly: value), abs(whole) < 1_000_000 { return "\(whole)" }
        return "\(Float(value))"
    }

    public mutating func unary(_ op: UnaryOp, _ a: ValueID, _ hint: String? = nil) throws(Diagnostic) -> ValueID {
        try add(.unary(op), [a], hint)
    }

    public mutating func binary(
        _ op: BinaryOp, _ a: ValueID, _ b: ValueID, _ hint: String? = nil
    ) throws(Diagnostic) -> ValueID {
        try add(.binary(op), [a, b], hint)
    }

    public mutating func add(_ a: ValueID, _ b: ValueID, _ hint: String? = nil) throws(Diagnostic) -> ValueID {
        try binary(.add, a, b, hint)
    }

    public mutating func subtract(_ a: ValueID, _ b: ValueID, _ hint: String? = nil) throws(Diagnostic) -> ValueID {
        try binary(.subtract, a, b, hint)
    }

    public mutating func multiply(_ a: ValueID, _ b: ValueID, _ hint: String? = nil) throws(Diagnostic) -> ValueID {
        try binary(.multiply, a, b, hint)
    }

    public mutating func multiply(_ a: ValueID, _ b: Double, _ hint: String? = nil) throws(Diagnostic) -> ValueID {
        try binary(.multiply, a, constant(b, like: a), hint)
    }

    public mutating func add(_ a: ValueID, _ b: Double, _ hint: String? = nil) throws(Diagnostic) -> ValueID {
        try binary(.add, a, constant(b, like: a), hint)
    }

    public mutating func divide(_ a: ValueID, _ b: ValueID, _ hint: String? = nil) throws(Diagnostic) -> ValueID {
        try binary(.divide, a, b, hint)
    }

    /// The larger of a value and a constant. At a tie the gradient goes to the value, as in a clamp.
    public mutating func atLeast(_ a: ValueID, _ floor: Double, _ hint: String? = nil) throws(Diagnostic) -> ValueID {
        try binary(.maximum, a, constant(floor, like: a), hint)
    }

    public mutating func atMost(_ a: ValueID, _ ceiling: Double, _ hint: String? = nil) throws(Diagnostic) -> ValueID {
        try binary(.minimum, a, constant(ceiling, like: a), hint)
    }

    /// max(0, a). At a tie the gradient goes to the constant, so that it is zero where the input is zero.
    public mutating func relu(_ a: ValueID, _ hint: String = "relu") throws(Diagnostic) -> ValueID {
        try binary(.maximum, constant(0, like: a), a, hint)
    }

    public mutating func square(_ a: ValueID, _ hint: String = "square") throws(Diagnostic) -> ValueID {
        try binary(.multiply, a, a, hint)
    }

    public mutating func compare(
        _ comparison: Comparison, _ a: ValueID, _ b: ValueID, _ hint: String? = nil
    ) throws(Diagnostic) -> ValueID {
        try add(.compare(comparison), [a, b], hint)
    }

    public mutating func select(
        _ predicate: ValueID, _ a: ValueID, _ b: ValueID, _ hint: String? = nil
    ) throws(Diagnostic) -> ValueID {
        try add(.select, [predicate, a, b], hint)
    }

    public mutating func convert(
        _ a: ValueID, to elementType: ElementType, _ hint: String? = nil
    ) throws(Diagnostic) -> ValueID {
        type(of: a).elementType == elementType ? a : try add(.convert(elementType), [a], hint)
    }

    public mutating func sum(_ a: ValueID, axes: [Int], _ hint: String = "sum") throws(Diagnostic) -> ValueID {
        axes.isEmpty ? a : try add(.reduce(.sum, axes: axes.sorted()), [a], hint)
    }

    /// The sum over all elements, a scalar.
    public mutating func sum(_ a: ValueID, _ hint: String = "sum") throws(Diagnostic) -> ValueID {
        try sum(a, axes: Array(0..<shape(of: a).rank), hint)
    }

    public mutating func mean(_ a: ValueID, axes: [Int], _ hint: String = "mean") throws(Diagnostic) -> ValueID {
        let count = axes.reduce(1) { $0 * shape(of: a)[$1] }
        return try multiply(sum(a, axes: axes, "\(hint).sum"), 1 / Double(count), hint)
    }

    /// The mean over all elements, a scalar.
    public mutating func mean(_ a: ValueID, _ hint: String = "mean") throws(Diagnostic) -> ValueID {
        try mean(a, axes: Array(0..<shape(of: a).rank), hint)
    }

    public mutating func maximum(_ a: ValueID, axes: [Int], _ hint: String = "max") throws(Diagnostic) -> ValueID {
        try add(.reduce(.maximum, axes: axes.sorted()), [a], hint)
    }

    public mutating func dot(
        _ a: ValueID, _ b: ValueID, _ dimensions: DotDimensions, _ hint: String? = nil
    ) throws(Diagnostic) -> ValueID {
        try add(.dot(dimensions), [a, b], hint)
    }

    public mutating func transpose(
        _ a: ValueID, _ permutation: [Int], _ hint: String? = nil
    ) throws(Diagnostic) -> ValueID {
        permutation == Array(permutation.indices) ? a : try add(.transpose(permutation: permutation), [a], hint)
    }

    public mutating func reshape(_ a: ValueID, _ shape: Shape, _ hint: String? = nil) throws(Diagnostic) -> ValueID {
        self.shape(of: a) == shape ? a : try add(.reshape(shape), [a], hint)
    }

    public mutating func broadcast(
        _ a: ValueID, to shape: Shape, axes: [Int], _ hint: String? = nil
    ) throws(Diagnostic) -> ValueID {
        self.shape(of: a) == shape ? a : try add(.broadcast(shape, axes: axes), [a], hint)
    }

    /// Repeats a tensor along axes that a reduction removed: the inverse of `sum` in shapes.
    public mutating func restore(
        _ a: ValueID, to shape: Shape, removed: [Int], _ hint: String? = nil
    ) throws(Diagnostic) -> ValueID {
        try broadcast(a, to: shape, axes: (0..<shape.rank).filter { !removed.contains($0) }, hint)
    }

    /// Rows `start..<limit` along one axis.
    public mutating func slice(
        _ a: ValueID, axis: Int, _ start: Int, _ limit: Int, _ hint: String? = nil
    ) throws(Diagnostic) -> ValueID {
        let extents = shape(of: a).dimensions
        if start == 0 && limit == extents[axis] { return a }
        var (starts, limits) = ([Int](repeating: 0, count: extents.count), extents)
        starts[axis] = start
        limits[axis] = limit
        return try add(.slice(starts: starts, limits: limits, strides: extents.map { _ in 1 }), [a], hint)
    }

    public mutating func concatenate(_ values: [ValueID], axis: Int, _ hint: String? = nil) throws(Diagnostic) -> ValueID {
        values.count == 1 ? values[0] : try add(.concatenate(axis: axis), values, hint)
    }

    public mutating func stopGradient(_ a: ValueID, _ hint: String? = nil) throws(Diagnostic) -> ValueID {
        try add(.stopGradient, [a], hint)
    }

    /// Runs a scan whose body is built by a closure over a fresh builder.
    ///
    /// - Returns: the last carried values, then the stacked ones.
    public mutating func scan(
        _ hint: String, count: Int, reverse: Bool = false,
        carried: [(name: String, value: ValueID)], invariants: [(name: String, value: ValueID)] = [],
        scanned: [(name: String, value: ValueID)] = [],
        _ body: (inout GraphBuilder, _ carried: [ValueID], _ invariants: [ValueID], _ scanned: [ValueID])
            throws(Diagnostic) -> (next: [ValueID], stacked: [(name: String, value: ValueID)])
    ) throws(Diagnostic) -> [ValueID] {
        var inner = GraphBuilder(name: hint)
        let bodyCarried = carried.map { inner.input($0.name, type(of: $0.value)) }
        let bodyInvariants = invariants.map { inner.input($0.name, type(of: $0.value)) }
        let bodyScanned = scanned.map { entry in
            let type = type(of: entry.value)
            return inner.input(entry.name, type.with(shape: Shape(Array(type.shape.dimensions.dropFirst()))))
        }
        let result = try body(&inner, bodyCarried, bodyInvariants, bodyScanned)
        for (entry, value) in zip(carried, result.next) { inner.output(entry.name, value) }
        for entry in result.stacked { inner.output(entry.name, entry.value) }
        let scan = Scan(
            count: count, carried: carried.count, scanned: scanned.count, reverse: reverse, body: inner.graph)
        let prefix = scope.isEmpty ? hint : "\(scope)/\(hint)"
        let names = inner.graph.outputs.map { "\(prefix).\($0.name)" }
        return try append(.scan(scan), (carried + invariants + scanned).map(\.value), names: names)
    }
}
