import Graph
import Passes

/// The passes that `--disable` names.
enum OptionalPasses {
    /// - Throws: `arguments.disable` for a name that no optional pass has.
    static func checked(_ names: [String]) throws(Diagnostic) -> Set<String> {
        if let unknown = names.first(where: { !PassRegistry.optionalNames.contains($0) }) {
            throw Diagnostic(
                "arguments.disable", "--disable", "there is no such pass that can be left out",
                expected: PassRegistry.optionalNames.joined(separator: " or "), found: unknown)
        }
        return Set(names)
    }
}
