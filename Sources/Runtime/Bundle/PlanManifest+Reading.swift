import Foundation
import Graph

extension PlanManifest {
    /// What tells one version of the layout from another; everything else may differ between them.
    private struct Version: Decodable {
        var format: Int
    }

    /// - Throws: `plan.manifest` or `plan.format`.
    init(json: Foundation.Data, file: String) throws(Diagnostic) {
        do {
            let version = try JSONDecoder().decode(Version.self, from: json)
            guard version.format == Self.currentFormat else {
                throw Diagnostic(
                    "plan.format", file, "the plan has another format; compile it again",
                    expected: "\(Self.currentFormat)", found: "\(version.format)")
            }
            self = try JSONDecoder().decode(PlanManifest.self, from: json)
        } catch let diagnostic as Diagnostic {
            throw diagnostic
        } catch {
            throw Diagnostic("plan.manifest", file, "the manifest cannot be read: \(Self.reason(error))")
        }
    }

    private static func reason(_ error: any Error) -> String {
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
