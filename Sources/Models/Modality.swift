/// The three kinds of features of a sample, in the model's order.
public enum Modality: String, Hashable, Sendable, CaseIterable, Codable {
    case text
    case audio
    case vision

    /// The letter in parameter names and equations: l for language, a, v.
    public var letter: String {
        switch self {
        case .text: "l"
        case .audio: "a"
        case .vision: "v"
        }
    }

    /// The unordered pairs (l, a), (l, v), (a, v).
    static let pairs: [(Modality, Modality)] = [(.text, .audio), (.text, .vision), (.audio, .vision)]
}

/// One value for each modality.
public struct PerModality<Value> {
    public var text: Value
    public var audio: Value
    public var vision: Value

    public init(text: Value, audio: Value, vision: Value) {
        self.text = text
        self.audio = audio
        self.vision = vision
    }

    public init(repeating value: Value) {
        self.init(text: value, audio: value, vision: value)
    }

    public subscript(modality: Modality) -> Value {
        get {
            switch modality {
            case .text: text
            case .audio: audio
            case .vision: vision
            }
        }
        set {
            switch modality {
            case .text: text = newValue
            case .audio: audio = newValue
            case .vision: vision = newValue
            }
        }
    }

    /// In the order l, a, v.
    public var all: [Value] { [text, audio, vision] }
}

extension PerModality: Sendable where Value: Sendable {}
extension PerModality: Equatable where Value: Equatable {}
extension PerModality: Hashable where Value: Hashable {}
