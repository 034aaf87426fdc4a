/// A tensor in ordinary memory, as files hold it: row-major, with its own element type.
public struct HostTensor: Sendable, Hashable {
    /// The elements, in row-major order.
    public enum Storage: Sendable, Hashable {
        case f32([Float])
        case f64([Double])
        case i32([Int32])
        case i64([Int64])
        case bool([Bool])
        case text([String])
    }

    public var shape: [Int]
    public var storage: Storage

    /// Trusts that the number of elements is the product of the shape; `hasConsistentShape` tells.
    public init(shape: [Int], storage: Storage) {
        self.shape = shape
        self.storage = storage
    }

    public init(shape: [Int], floats: [Float]) { self.init(shape: shape, storage: .f32(floats)) }
    public init(shape: [Int], doubles: [Double]) { self.init(shape: shape, storage: .f64(doubles)) }
    public init(shape: [Int], int32s: [Int32]) { self.init(shape: shape, storage: .i32(int32s)) }
    public init(shape: [Int], int64s: [Int64]) { self.init(shape: shape, storage: .i64(int64s)) }
    public init(shape: [Int], bools: [Bool]) { self.init(shape: shape, storage: .bool(bools)) }
    public init(shape: [Int], texts: [String]) { self.init(shape: shape, storage: .text(texts)) }

    /// How many elements the storage holds.
    public var elementCount: Int {
        switch storage {
        case .f32(let values): values.count
        case .f64(let values): values.count
        case .i32(let values): values.count
        case .i64(let values): values.count
        case .bool(let values): values.count
        case .text(let values): values.count
        }
    }

    /// Whether the shape's product is the number of elements.
    public var hasConsistentShape: Bool {
        HostTensor.elementCount(of: shape) == elementCount
    }

    /// The element type's short name, as messages show it.
    public var elementTypeName: String {
        switch storage {
        case .f32: "f32"
        case .f64: "f64"
        case .i32: "i32"
        case .i64: "i64"
        case .bool: "bool"
        case .text: "text"
        }
    }

    /// The elements as f32, rounded where needed (false and true are 0 and 1); nil for text.
    public var floats: [Float]? {
        switch storage {
        case .f32(let values): values
        case .f64(let values): values.map { Float($0) }
        case .i32(let values): values.map { Float($0) }
        case .i64(let values): values.map { Float($0) }
        case .bool(let values): values.map { $0 ? 1 : 0 }
        case .text: nil
        }
    }

    /// The elements as f64, rounded where needed (false and true are 0 and 1); nil for text.
    public var doubles: [Double]? {
        switch storage {
        case .f32(let values): values.map { Double($0) }
        case .f64(let values): values
        case .i32(let values): values.map { Double($0) }
        case .i64(let values): values.map { Double($0) }
        case .bool(let values): values.map { $0 ? 1 : 0 }
        case .text: nil
        }
    }

    /// The product of a shape, or nil where it is negative or too large for an `Int`.
    ///
    /// A size of zero does not hide an overflow of the others: products of parts of an accepted shape never overflow.
    static func elementCount(of shape: [Int]) -> Int? {
        var product = 1
        for size in shape {
            guard size >= 0 else { return nil }
            let (next, overflow) = product.multipliedReportingOverflow(by: max(size, 1))
            if overflow { return nil }
            product = next
        }
        return shape.contains(0) ? 0 : product
    }
}
