/// Why a decoder refused JSON, in words.
package enum DecodingReason {
    package static func text(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "key \(key.stringValue) is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "wrong type at \(place(context))"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty: "wrong value at \(place(context))"
        default: "it is not valid JSON"
        }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
}
