import Foundation

/// What interpreting takes: the elements of every value as doubles, and those of a second evaluation in f64 beside them.
enum InterpreterMemory {
    private static let bytesPerElement = 2.0 * 8

    /// Refuses what this machine cannot hold, before anything of it is asked for: a type of a few characters may have any size.
    ///
    /// - Throws: `run.memory`.
    static func check(_ graph: Graph) throws(Diagnostic) {
        try check(elements(graph), graph.name)
    }

    static func check(_ kernels: KernelGraph) throws(Diagnostic) {
        let bodies = kernels.kernels.reduce(0) { $0 + elements($1.body) }
        try check(kernels.tensors.reduce(bodies) { $0 + Double($1.type.elementCount) }, kernels.name)
    }

    private static func elements(_ graph: Graph) -> Double {
        graph.values.reduce(0) { $0 + Double($1.type.elementCount) }
    }

    private static func check(_ elements: Double, _ name: String) throws(Diagnostic) {
        let bytes = elements * bytesPerElement
        let available = Double(ProcessInfo.processInfo.physicalMemory)
        guard bytes <= available else {
            throw Diagnostic(
                "run.memory", name, "interpreting it keeps every value in memory", expected: String(format: "at most %.3g bytes", available),
                found: String(format: "%.3g bytes", bytes))
        }
    }
}
