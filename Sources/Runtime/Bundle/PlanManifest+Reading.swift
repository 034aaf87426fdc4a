import Data
import Foundation
import Graph

extension PlanManifest {
    /// What tells one version of the layout from another; everything else may differ between them.
    private struct Version: Decodable {
        var format: Int
    }

    /// - Throws: `plan.manifest` or `plan.format`.
    package init(json: Foundation.Data, file: String) throws(Diagnostic) {
        do {
            // Says where the text is wrong, which the decoder does not, and knows nothing twice.
            _ = try JSONDocument(Array(json), file: file)
            let version = try JSONDecoder().decode(Version.self, from: json)
            guard version.format == Self.currentFormat else {
                throw Diagnostic(
                    "plan.format", file, "the plan has another format; compile it again",
                    expected: "\(Self.currentFormat)", found: "\(version.format)")
            }
            self = try JSONDecoder().decode(PlanManifest.self, from: json)
        } catch let diagnostic as Diagnostic where diagnostic.id == "json.syntax" {
            throw diagnostic.inWrittenFile("plan.manifest", file, "the manifest cannot be read")
        } catch let diagnostic as Diagnostic {
            throw diagnostic
        } catch {
            throw Diagnostic("plan.manifest", file, "the manifest cannot be read: \(DecodingReason.text(error))")
        }
    }
}
