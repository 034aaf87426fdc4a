/// A JSON value. Whole numbers, other numbers and truth values are told apart.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// What the value is, in words for messages.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .integer: "a whole number"
        case .number: "a number"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

// MARK: Writing

extension JSONValue: CustomStringConvertible {
    /// On one line, object keys sorted.
    public var description: String { text(indentation: nil) }

    /// On several lines, object keys sorted; lists of plain values stay on one line.
    public var prettyPrinted: String { text(indentation: 0) }

    private func text(indentation: Int?) -> String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): value.isFinite ? "\(value)" : "null"
        case .string(let value): Self.quoted(value)
        case .array(let elements): Self.list(elements, indentation)
        case .object(let members): Self.object(members, indentation)
        }
    }

    private static func list(_ elements: [JSONValue], _ indentation: Int?) -> String {
        guard let indentation, elements.contains(where: \.isContainer) else {
            return "[" + elements.map { $0.text(indentation: nil) }.joined(separator: ", ") + "]"
        }
        return block("[", elements.map { $0.text(indentation: indentation + 2) }, "]", indentation)
    }

    private static func object(_ members: [String: JSONValue], _ indentation: Int?) -> String {
        let inner = indentation.map { $0 + 2 }
        let lines = members.sorted { $0.key < $1.key }.map { "\(quoted($0.key)): \($0.value.text(indentation: inner))" }
        guard let indentation, !lines.isEmpty else { return "{" + lines.joined(separator: ", ") + "}" }
        return block("{", lines, "}", indentation)
    }

    private static func block(_ open: String, _ lines: [String], _ close: String, _ indentation: Int) -> String {
        let outer = String(repeating: " ", count: indentation)
        return "\(open)\n" + lines.map { "\(outer)  \($0)" }.joined(separator: ",\n") + "\n\(outer)\(close)"
    }

    private var isContainer: Bool {
        switch self {
        case .array, .object: true
        case .null, .bool, .integer, .number, .string: false
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            case _: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

// MARK: Codable

extension JSONValue: Codable {
    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public init(from decoder: any Decoder) throws {
        if let members = try? decoder.container(keyedBy: Name.self) {
            var object: [String: JSONValue] = [:]
            for key in members.allKeys { object[key.stringValue] = try members.decode(JSONValue.self, forKey: key) }
            self = .object(object)
        } else if var elements = try? decoder.unkeyedContainer() {
            var list: [JSONValue] = []
            while !elements.isAtEnd { list.append(try elements.decode(JSONValue.self)) }
            self = .array(list)
        } else {
            try self.init(single: decoder.singleValueContainer())
        }
    }

    private init(single container: any SingleValueDecodingContainer) throws {
        // The order matters only to decoders that take 0 and 1 for truth values.
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let elements): try container.encode(elements)
        case .object(let members): try container.encode(members)
        }
    }
}
