import Data
import Foundation
import Graph
import Passes
import Runtime

/// Compiled entries that are run at once and leave nothing on disk.
enum TemporaryPlan {
    /// Compiles the C code in a folder that goes at once: a library that is loaded stays when its file is gone.
    ///
    /// The folder has a name of its own each time: a library is known by its path, and one of the same path would be taken
    /// for the one that is loaded already.
    static func load(_ result: PlanCompiler.Result, threads: Int) throws(Diagnostic) -> PlanInstance {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dg-\(UUID().uuidString)").path
        try OutputFolder.create(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (source, library) = ("\(folder)/kernels.c", "\(folder)/kernels.so")
        try AtomicFile.write(Array(result.source.utf8), to: source)
        try CCompiler.find().compile(source: source, library: library, parts: result.parts)
        return try PlanInstance(programs: result.entries.map(\.program), libraryPath: library, threads: threads)
    }
}
