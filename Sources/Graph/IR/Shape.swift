/// The static extents of a tensor, outermost first; an empty shape is a scalar.
public struct Shape: Hashable, Sendable {
    public private(set) var dimensions: [Int]

    public init(_ dimensions: [Int]) {
        self.dimensions = dimensions
    }

    public static let scalar = Shape([])

    public var rank: Int { dimensions.count }

    /// The product of the extents; one for a scalar.
    public var elementCount: Int { dimensions.reduce(1, *) }

    /// Row-major strides in elements.
    public var strides: [Int] {
        var result = [Int](repeating: 1, count: rank)
        for axis in stride(from: rank - 2, through: 0, by: -1) {
            result[axis] = result[axis + 1] * dimensions[axis + 1]
        }
        return result
    }

    public subscript(axis: Int) -> Int { dimensions[axis] }

    /// The shape without the given axes.
    public func removing(axes: [Int]) -> Shape {
        Shape(dimensions.indices.filter { !axes.contains($0) }.map { dimensions[$0] })
    }
}

extension Shape: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Int...) {
        self.init(elements)
    }
}

extension Shape: CustomStringConvertible {
    public var description: String {
        "[" + dimensions.map(String.init).joined(separator: ",") + "]"
    }
}
