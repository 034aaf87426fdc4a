/// The three kinds of features of a data set, in the model's order.
public enum FeatureModality: String, Sendable, Hashable, CaseIterable, Codable {
    case text
    case audio
    case vision
}
