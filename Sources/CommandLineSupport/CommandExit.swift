import ArgumentParser
import Foundation
import Graph

/// Runs a root command and ends the process: 0 done, 1 difference found, 2 user error, 3 compiler bug.
public enum CommandExit {
    public static func run<Command: ParsableCommand>(_ root: Command.Type) -> Never {
        do {
            var command = try Command.parseAsRoot()
            try command.run()
            exit(0)
        } catch let diagnostic as Diagnostic {
            FileHandle.standardError.write(Foundation.Data((diagnostic.description + "\n" + hint(diagnostic, root)).utf8))
            exit(diagnostic.exitCode)
        } catch let code as ExitCode {
            exit(code.rawValue)
        } catch {
            // Help and version are no failures; what remains is a mistake in the arguments.
            let isSuccess = Command.exitCode(for: error) == .success
            let text = Command.fullMessage(for: error)
            (isSuccess ? FileHandle.standardOutput : FileHandle.standardError).write(Foundation.Data((text + "\n").utf8))
            exit(isSuccess ? 0 : 2)
        }
    }
    /// Where to read on, for somebody who reads along; logs and scripts get the message alone.
    private static func hint<Command: ParsableCommand>(_ diagnostic: Diagnostic, _ root: Command.Type) -> String {
        guard isatty(STDERR_FILENO) != 0, let name = root.configuration.commandName else { return "" }
        return "(\(name) help \(diagnostic.id))\n"
    }
}
