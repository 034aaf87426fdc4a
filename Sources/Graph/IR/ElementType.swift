/// The type of one element of a tensor.
public enum ElementType: String, Hashable, Sendable, CaseIterable, Codable {
    case f32, f64, i32, bool

    public var byteCount: Int {
        switch self {
        case .f32, .i32: 4
        case .f64: 8
        case .bool: 1
        }
    }

    public var isFloating: Bool { self == .f32 || self == .f64 }
}
