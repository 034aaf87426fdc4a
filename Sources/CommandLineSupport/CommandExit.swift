import ArgumentParser
import Foundation
import Graph

/// Runs a root command and ends the process: 0 done, 1 difference found, 2 user error, 3 compiler bug.
public enum CommandExit {
    public static func run<Command: ParsableCommand>(_ root: Command.Type) -> Never {
        CommandStream.occupyClosed()
        let status = status(root)
        do {
            try CommandStream.checkOutput()
        } catch {
            show(error, root)
            exit(max(status, error.exitCode))
        }
        exit(status)
    }

    private static func status<Command: ParsableCommand>(_ root: Command.Type) -> Int32 {
        do {
            var command = try Command.parseAsRoot()
            try command.run()
            return 0
        } catch let diagnostic as Diagnostic {
            show(diagnostic, root)
            return diagnostic.exitCode
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            // Help and version are no failures; what remains is a mistake in the arguments.
            let isSuccess = Command.exitCode(for: error) == .success
            (isSuccess ? CommandStream.output : .errors).write(Command.fullMessage(for: error) + "\n")
            return isSuccess ? 0 : 2
        }
    }

    private static func show<Command: ParsableCommand>(_ diagnostic: Diagnostic, _ root: Command.Type) {
        CommandStream.errors.write(diagnostic.description + "\n" + hint(diagnostic, root))
    }

    /// Where to read on, for somebody who reads along; logs and scripts get the message alone.
    private static func hint<Command: ParsableCommand>(_ diagnostic: Diagnostic, _ root: Command.Type) -> String {
        guard isatty(STDERR_FILENO) != 0, let name = root.configuration.commandName else { return "" }
        return "(\(name) help \(diagnostic.id))\n"
    }
}
