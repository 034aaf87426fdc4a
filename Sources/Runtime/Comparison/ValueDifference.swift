import Graph

/// How one value differs between two plans.
public struct ValueDifference: Sendable {
    /// The position of the element that differs most.
    public var element: [Int]
    public var first: Double
    public var second: Double
    /// The largest difference of an element; infinite where one number is not finite and the other another.
    public var largest: Double
    /// How many numbers of the element's type lie between the two; nil for other types than floating ones.
    public var ulps: UInt64?
    /// What is tolerated.
    public var limit: Double
    /// The largest finite element of the first plan.
    public var scale: Double
    /// How many elements differ by more than is tolerated.
    public var count: Int
    public var elementCount: Int

    public var isBeyondLimit: Bool { count > 0 }
    /// The largest difference in units of the largest element.
    public var relative: Double { largest == 0 ? 0 : scale > 0 ? largest / scale : .infinity }
}

/// Compares a value's elements in two memories.
struct ElementComparison {
    let first: Numbers
    let second: Numbers
    let type: TensorType

    /// The largest difference of elements; elements that are not finite in both count as equal.
    var largestFiniteDifference: Double {
        var largest = 0.0
        for index in 0..<first.count {
            let difference = abs(first[index] - second[index])
            if difference > largest, difference.isFinite { largest = difference }
        }
        return largest
    }

    func difference(noise: Double, tolerance: ComparisonTolerance) -> ValueDifference {
        var (scale, largest, position) = (0.0, 0.0, 0)
        for index in 0..<first.count {
            let (a, b) = (first[index], second[index])
            if a.isFinite { scale = max(scale, abs(a)) }
            let difference = Self.distance(a, b)
            if difference > largest { (largest, position) = (difference, index) }
        }
        let limit = tolerance.limit(scale: scale, noise: noise)
        var count = 0
        if largest > limit { for index in 0..<first.count where Self.distance(first[index], second[index]) > limit { count += 1 } }
        let (a, b) = first.count > 0 ? (first[position], second[position]) : (0, 0)
        return ValueDifference(
            element: Numbers.position(position, in: type.shape), first: a, second: b, largest: largest,
            ulps: Self.ulps(a, b, type.elementType), limit: limit, scale: scale, count: count, elementCount: first.count)
    }

    private static func distance(_ a: Double, _ b: Double) -> Double {
        if a == b || (a.isNaN && b.isNaN) { return 0 }
        let difference = abs(a - b)
        return difference.isFinite ? difference : .infinity
    }

    /// Numbers in their order are integers in theirs, once the negative ones are turned round.
    private static func ulps(_ a: Double, _ b: Double, _ type: ElementType) -> UInt64? {
        guard a.isFinite, b.isFinite else { return nil }
        func distance(_ a: Int64, _ b: Int64) -> UInt64 { a > b ? UInt64(bitPattern: a &- b) : UInt64(bitPattern: b &- a) }
        switch type {
        case .f32:
            func order(_ value: Float) -> Int64 {
                let bits = Int64(value.magnitude.bitPattern)
                return value.sign == .minus ? -bits : bits
            }
            return distance(order(Float(a)), order(Float(b)))
        case .f64:
            func order(_ value: Double) -> Int64 {
                let bits = Int64(value.magnitude.bitPattern)
                return value.sign == .minus ? -bits : bits
            }
            return distance(order(a), order(b))
        case .i32, .bool: return nil
        }
    }
}
