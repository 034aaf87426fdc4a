import Graph

/// What an output must be: to the bit where nothing is rounded twice, else within a bound that is computed, not chosen.
///
/// The graph is interpreted in its own types, in f64, and several times with noise of the size of a rounding in every
/// operation. How far these are from each other is what rounding can do to this output.
struct ExpectedOutput {
    let name: String
    let exact: Tensor
    /// The other interpretations.
    let others: [Tensor]
    let exactness: Exactness
    /// How far finite elements may be from `exact`.
    let limit: Double
    /// The largest finite element.
    let scale: Double

    /// How many times the differences of the interpretations still count as rounding.
    private static let roundingFactor = 32.0

    /// - Parameter runs: how many interpretations have noise.
    static func all(_ graph: Graph, _ inputs: [Tensor], seed: Int, runs: Int) throws -> [ExpectedOutput] {
        let exact = try Interpreter().run(graph, inputs)
        var others = [try Interpreter().run(graph.widened, inputs.map(\.widened))]
        for run in 1...runs {
            var noise = NoisyInterpreter(seed: 31 * seed + run)
            others.append(try noise.run(graph, inputs))
        }
        let exactness = Exactness.all(graph)
        return graph.outputs.indices.map { index in
            let output = graph.outputs[index]
            return ExpectedOutput(output.name, exact[index], others.map { $0[index] }, exactness[output.value.index])
        }
    }

    private init(_ name: String, _ exact: Tensor, _ others: [Tensor], _ exactness: Exactness) {
        (self.name, self.exact, self.others, self.exactness) = (name, exact, others, exactness)
        var (scale, spread) = (0.0, 0.0)
        for (index, element) in exact.elements.enumerated() where element.isFinite {
            scale = max(scale, abs(element))
            let differences = others.map { abs($0.elements[index] - element) }
            spread = differences.reduce(spread) { $1.isFinite ? max($0, $1) : $0 }
        }
        self.scale = scale
        // A rounding of the result itself, and of numbers that are too small to be normal.
        let (unit, least) = exact.type.elementType == .f64 ? (0x1p-52, Double.leastNormalMagnitude) : (0x1p-23, 0x1p-126)
        let rounding = exact.type.elementType.isFloating ? 4 * unit * scale + least : 0
        limit = rounding + Self.roundingFactor * spread
    }

    /// What kind of number an element is, and which one if it is not finite.
    private enum Kind: Hashable {
        case finite, positive, negative, nan

        init(_ number: Double) {
            self = number.isNaN ? .nan : number.isFinite ? .finite : number > 0 ? .positive : .negative
        }
    }

    /// How many elements were compared, and how.
    struct Count {
        var elements = 0
        var toTheBit = 0
        /// Elements of which rounding decides whether they are finite.
        var undetermined = 0
        var notFinite = 0
        var plans = 0
        var passes = 0
        var texts = 0
        /// Results that had to be compared with more noisy interpretations.
        var closeLooks = 0

        mutating func add(_ other: Count) {
            elements += other.elements
            toTheBit += other.toTheBit
            undetermined += other.undetermined
            notFinite += other.notFinite
            plans += other.plans
            passes += other.passes
            texts += other.texts
            closeLooks += other.closeLooks
        }
    }

    /// The first element that is not as it must be.
    func mismatch(_ found: Tensor, _ count: inout Count) -> String? {
        guard found.type == exact.type else { return "\(name): \(found.type) instead of \(exact.type)" }
        count.elements += found.elements.count
        if exactness.isExact { count.toTheBit += found.elements.count }
        for (index, (a, b)) in zip(found.elements, exact.elements).enumerated() {
            if !b.isFinite { count.notFinite += 1 }
            if !agrees(a, b, index, &count) {
                let kind = exactness.isExact ? "to the bit" : "within \(limit)"
                let other = others.map { $0.elements[index] }
                return "\(name)[\(index)] of \(found.type) is \(a) instead of \(b) \(kind); interpreted otherwise \(other.prefix(8))"
            }
        }
        return nil
    }

    private func agrees(_ found: Double, _ expected: Double, _ index: Int, _ count: inout Count) -> Bool {
        if found.bitPattern == expected.bitPattern || (found.isNaN && expected.isNaN) { return true }
        if exactness.isExact { return exactness.isZeroOfEitherSign && found == 0 && expected == 0 }
        let kinds = Set(others.map { Kind($0.elements[index]) } + [Kind(expected)])
        guard kinds.contains(Kind(found)) else { return false }
        guard kinds.count == 1 else {
            count.undetermined += 1
            return true
        }
        return !found.isFinite || !expected.isFinite || abs(found - expected) <= limit
    }
}
