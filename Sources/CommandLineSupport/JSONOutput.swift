import Foundation

/// Values as JSON on standard output.
public enum JSONOutput {
    /// Keys are sorted, so that equal values are equal texts.
    public static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
