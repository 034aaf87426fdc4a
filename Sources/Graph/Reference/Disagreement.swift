/// Two values of one name that differ by more than rounding explains.
public struct Disagreement: Sendable {
    public let name: String
    /// Where in the tensor the difference is largest, and what is there.
    public let index: [Int]
    public let expected: Double
    public let found: Double
    /// How many elements differ by more than is allowed, and of how many.
    public let count: Int
    public let elementCount: Int
    /// The largest difference in units of the tensor's largest element.
    public let relative: Double
    /// The largest difference in units of the last place of the element that was expected.
    public let ulps: Double
    /// The difference that was allowed, in the same units as `relative`.
    public let allowed: Double
    private let isSingle: Bool
    /// Where there is nothing to compare: what is there instead.
    private let mismatch: String?

    /// - Parameters:
    ///   - tolerance: in units of the tensor's largest element.
    ///   - roundingFactor: how many times the rounding of a value, as far as it is known, still counts as rounding.
    /// - Returns: nil where the values agree.
    public init?(_ found: ReferenceRun.Value, from expected: ReferenceRun.Value, tolerance: Double, roundingFactor: Double = 32) {
        let (a, b) = (expected.tensor, found.tensor)
        let scale = a.elements.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
        let limit = tolerance * scale + roundingFactor * (expected.rounding + found.rounding)
        var (worst, largest, count) = (0, -1.0, 0)
        guard a.type.shape == b.type.shape else { return nil }
        for index in a.elements.indices {
            let difference = Self.difference(a.elements[index], b.elements[index])
            if difference > limit { count += 1 }
            if difference > largest { (worst, largest) = (index, difference) }
        }
        guard count > 0 else { return nil }
        name = expected.name
        mismatch = nil
        isSingle = a.type.elementType == .f32
        self.count = count
        elementCount = a.elements.count
        index = Self.position(worst, in: a.type.shape)
        self.expected = a.elements[worst]
        self.found = b.elements[worst]
        relative = scale > 0 ? largest / scale : .infinity
        allowed = scale > 0 ? limit / scale : 0
        let unit = a.type.elementType == .f32 ? Double(Float(self.expected).ulp) : self.expected.ulp
        ulps = a.type.elementType.isFloating && unit.isFinite ? largest / unit : .infinity
    }

    /// What has no counterpart of its type, which `mismatch` says.
    public init(_ expected: ReferenceRun.Value, mismatch: String) {
        name = expected.name
        (index, self.expected, found, isSingle) = ([], expected.tensor.elements.first ?? 0, .nan, false)
        (count, elementCount) = (expected.tensor.elements.count, expected.tensor.elements.count)
        (relative, ulps, allowed) = (.infinity, .infinity, 0)
        self.mismatch = mismatch
    }

    private static func difference(_ a: Double, _ b: Double) -> Double {
        if a == b || (a.isNaN && b.isNaN) { return 0 }
        let difference = abs(a - b)
        return difference.isFinite ? difference : .infinity
    }

    private static func position(_ offset: Int, in shape: Shape) -> [Int] {
        zip(shape.strides, shape.dimensions).map { offset / $0 % max($1, 1) }
    }
}

extension Disagreement: CustomStringConvertible {
    /// One line, such as `%y[1,2] is 0.5 instead of 0.25: off by 1e+00 of the largest element, …`.
    public var description: String {
        if let mismatch { return "%\(name) \(mismatch)" }
        let place = index.isEmpty ? "" : "[\(index.map(String.init).joined(separator: ","))]"
        let units = ulps.isFinite ? ", \(Self.round(ulps)) ulps" : ""
        return "%\(name)\(place) is \(spell(found)) instead of \(spell(expected)): off by \(Self.round(relative)) of the largest element\(units); "
            + "allowed is \(Self.round(allowed)); \(count) of \(elementCount) elements differ"
    }

    private func spell(_ value: Double) -> String { isSingle ? "\(Float(value))" : "\(value)" }

    /// Two digits are enough for an error.
    private static func round(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return "\(value)" }
        if abs(value) >= 1, abs(value) < 1e6 { return "\((value * 10).rounded() / 10)" }
        var (mantissa, exponent) = (value, 0)
        while abs(mantissa) >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
        while abs(mantissa) < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
        return "\((mantissa * 10).rounded() / 10)e\(exponent)"
    }
}
