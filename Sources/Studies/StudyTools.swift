import Foundation
import Graph

extension StudyRunner.Tools {
    /// This program, and the dgc beside it, or else on the path.
    ///
    /// - Throws: `study.compiler`.
    public static func find() throws(Diagnostic) -> StudyRunner.Tools {
        let own = URL(fileURLWithPath: Bundle.main.executablePath ?? CommandLine.arguments[0]).resolvingSymlinksInPath()
        let folders = [own.deletingLastPathComponent().path]
            + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        guard let compiler = folders.map({ "\($0)/dgc" }).first(where: FileManager.default.isExecutableFile) else {
            throw Diagnostic(
                "study.compiler", "dgc", "the compiler was not found", expected: "beside \(own.path), or on the path")
        }
        return StudyRunner.Tools(compiler: compiler, runner: own.path)
    }
}
