import Foundation
import Testing

/// The two commands, and what reads hostile files, as built beside the tests.
enum Tool: String {
    case dgc, dgrun, dgfuzz

    struct NotFound: Error, CustomStringConvertible {
        var description: String
    }

    /// The executable's path; a test fails where there is none.
    func path() throws -> String { try Self.folder.get() + "/" + rawValue }

    /// The nearest folder around the running tests that has both commands.
    private static let folder: Result<String, NotFound> = {
        let manager = FileManager.default
        for start in [CommandLine.arguments.first ?? "", Bundle.main.executablePath ?? "", Bundle.main.bundlePath] {
            var folder = URL(fileURLWithPath: start).resolvingSymlinksInPath().deletingLastPathComponent()
            while folder.path != "/" {
                let tools = [Tool.dgc, .dgrun].map { folder.appendingPathComponent($0.rawValue).path }
                if tools.allSatisfy(manager.isExecutableFile) { return .success(folder.path) }
                folder.deleteLastPathComponent()
            }
        }
        return .failure(NotFound(description: "dgc and dgrun are not beside \(CommandLine.arguments.first ?? "the tests")"))
    }()
}

/// Runs a command to its end.
func run(_ tool: Tool, _ arguments: String..., environment: [String: String] = [:], in folder: String? = nil) throws -> Outcome {
    try run(tool, arguments, environment: environment, in: folder)
}

/// Runs a command to its end.
func run(_ tool: Tool, _ arguments: [String], environment: [String: String] = [:], in folder: String? = nil) throws -> Outcome {
    try Launch(tool.path(), arguments, environment: environment, in: folder).wait()
}
