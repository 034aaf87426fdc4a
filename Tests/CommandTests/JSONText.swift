import Foundation
import Testing

/// A JSON object that a command printed.
struct JSONText {
    let members: [String: Any]

    init(_ text: some StringProtocol, at location: SourceLocation = #_sourceLocation) throws {
        let value = try JSONSerialization.jsonObject(with: Foundation.Data(text.utf8))
        members = try #require(value as? [String: Any], sourceLocation: location)
    }

    init(members: [String: Any]) { self.members = members }

    /// One object for each line.
    static func lines(_ path: String) throws -> [JSONText] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { try JSONText($0) }
    }

    func number(_ key: String, at location: SourceLocation = #_sourceLocation) throws -> Double {
        try #require(members[key] as? NSNumber, "no number \(key)", sourceLocation: location).doubleValue
    }

    func numbers(_ key: String) throws -> [Double] {
        try #require(members[key] as? [NSNumber], "no numbers \(key)").map(\.doubleValue)
    }

    /// A member that is an object of numbers.
    func table(_ key: String) throws -> [String: Double] {
        try #require(members[key] as? [String: NSNumber], "no table \(key)").mapValues(\.doubleValue)
    }
}
