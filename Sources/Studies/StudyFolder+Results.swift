import Data
import Graph

extension StudyFolder {
    /// Writes the results in all forms: `table.csv`, `table.json`, `table.md` and `figure.svg`.
    public func write(_ table: StudyTable) throws(Diagnostic) {
        for (name, text) in [
            ("table.csv", table.csv), ("table.json", table.json), ("table.md", table.markdown), ("figure.svg", table.figure),
        ] {
            try AtomicFile.write(Array(text.utf8), to: "\(path)/\(name)")
        }
    }
}
