import Graph
import Passes

/// Hands on what chosen passes give, as text.
public struct PassPrinting: PassObserver {
    private let passes: Set<String>
    private let print: @Sendable (String) -> Void

    /// - Parameter passes: names of passes.
    public init(after passes: Set<String>, print: @escaping @Sendable (String) -> Void) {
        self.passes = passes
        self.print = print
    }

    public func didRun(
        _ pass: LevelPass, _ report: PassManager.Report, before: Representation, after: Representation
    ) throws(Diagnostic) {
        guard passes.contains(pass.name) else { return }
        print("// after \(pass.name)\(report.changed ? "" : ", which changed nothing")\n\(after.text)")
    }
}
