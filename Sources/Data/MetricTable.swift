/// The metrics of one evaluation, in the order in which they are reported.
public struct MetricTable: Sendable, Hashable {
    /// One metric.
    public struct Entry: Sendable, Hashable {
        public var name: String
        public var exact: Double

        public init(name: String, exact: Double) {
            self.name = name
            self.exact = exact
        }

        /// The value as it is reported and compared: to 4 decimals, ties to even.
        public var value: Double { MetricTable.rounded(exact) }
    }

    public var entries: [Entry]

    public init(_ entries: [Entry]) {
        self.entries = entries
    }

    /// The rounded value of a metric, or nil where the table has none of this name.
    public subscript(name: String) -> Double? {
        entries.first { $0.name == name }?.value
    }

    /// The value of a metric before rounding, or nil where the table has none of this name.
    public func exact(_ name: String) -> Double? {
        entries.first { $0.name == name }?.exact
    }

    /// A value to 4 decimals.
    public static func rounded(_ value: Double) -> Double {
        (value * 10_000).rounded(.toNearestOrEven) / 10_000
    }

    /// The rounded values as a JSON object in the table's order; what is not finite is null.
    public var json: String {
        let members = entries.map { "\($0.name.jsonLiteral): \($0.value.isFinite ? "\($0.value)" : "null")" }
        return "{\(members.joined(separator: ", "))}"
    }
}

extension MetricTable: Encodable {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The same object as `json`; the encoder decides the order.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for entry in entries {
            let value = entry.value
            try container.encode(value.isFinite ? value : nil, forKey: Key(stringValue: entry.name))
        }
    }
}
