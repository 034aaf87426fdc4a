import Graph

/// How many elements of a tensor are NaN or infinite, where the first is, and the range of the others.
struct NonFiniteCount: Hashable, Sendable {
    var nans = 0
    var infinities = 0
    /// The first NaN, or where there is none the first infinity.
    var first: (index: Int, value: Double)? { firstNaN ?? firstInfinity }
    var smallest = Double.infinity
    var largest = -Double.infinity
    private var positionOfNaN: Int?
    private var positionOfInfinity: Int?
    private var infinity = 0.0

    private var firstNaN: (index: Int, value: Double)? { positionOfNaN.map { ($0, .nan) } }
    private var firstInfinity: (index: Int, value: Double)? { positionOfInfinity.map { ($0, infinity) } }

    init(_ elements: some Sequence<Double>) {
        for (index, element) in elements.enumerated() {
            if element.isNaN {
                nans += 1
                if positionOfNaN == nil { positionOfNaN = index }
            } else if element.isInfinite {
                infinities += 1
                if positionOfInfinity == nil { (positionOfInfinity, infinity) = (index, element) }
            } else {
                smallest = min(smallest, element)
                largest = max(largest, element)
            }
        }
    }

    var isFinite: Bool { nans == 0 && infinities == 0 }

    /// For people: the range of finite numbers, or what else there is.
    var description: String {
        var parts: [String] = []
        if nans > 0 { parts.append("\(nans) NaN") }
        if infinities > 0 { parts.append("\(infinities) infinite") }
        if smallest <= largest { parts.append("\(Self.short(smallest)) … \(Self.short(largest))") }
        return parts.joined(separator: ", ")
    }

    private static func short(_ value: Double) -> String { "\(Float(value))" }
}
