import Data
import Graph

/// Texts of any level that a user names.
enum RepresentationFile {
    static func read(_ path: String) throws(Diagnostic) -> Representation {
        try Representation.parse(TextFile.read(path: path), file: path)
    }
}
