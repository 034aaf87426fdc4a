/// A linear expression over loop variables: the sum of coefficient · variable, plus a constant.
struct Affine: Hashable {
    /// Ascending variables with coefficients that are not zero.
    private(set) var terms: [Term]
    var constant: Int

    struct Term: Hashable {
        var variable: Int
        var coefficient: Int
    }

    init(constant: Int) {
        terms = []
        self.constant = constant
    }

    init(variable: Int) {
        terms = [Term(variable: variable, coefficient: 1)]
        constant = 0
    }

    func coefficient(of variable: Int) -> Int {
        terms.first { $0.variable == variable }?.coefficient ?? 0
    }

    func adding(_ other: Affine, scale: Int = 1) -> Affine {
        var sums: [Int: Int] = [:]
        for term in terms { sums[term.variable, default: 0] += term.coefficient }
        for term in other.terms { sums[term.variable, default: 0] += term.coefficient * scale }
        var result = Affine(constant: constant + other.constant * scale)
        result.terms = sums.filter { $0.value != 0 }.sorted { $0.key < $1.key }
            .map { Term(variable: $0.key, coefficient: $0.value) }
        return result
    }

    func adding(_ number: Int) -> Affine {
        var result = self
        result.constant += number
        return result
    }

    func scaled(by factor: Int) -> Affine {
        Affine(constant: 0).adding(self, scale: factor)
    }

    /// The expression with a variable left out.
    func removing(_ variable: Int) -> Affine {
        var result = self
        result.terms.removeAll { $0.variable == variable }
        return result
    }

    /// The row-major position of an index in a shape.
    static func linear(_ index: [Affine], strides: [Int]) -> Affine {
        zip(index, strides).reduce(Affine(constant: 0)) { $0.adding($1.0, scale: $1.1) }
    }

    /// C source over variables named `i0`, `i1`, …
    var source: String {
        var parts = terms.map { $0.coefficient == 1 ? "i\($0.variable)" : "\($0.coefficient)*i\($0.variable)" }
        if constant != 0 || parts.isEmpty { parts.append("\(constant)") }
        return parts.joined(separator: " + ").replacing("+ -", with: "- ")
    }
}
