import ArgumentParser
import CommandLineSupport
import Compilation
import Data
import Foundation
import Graph

struct ReduceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reduce", abstract: "Makes a graph as small as it can while a command still finds it interesting.",
        discussion: """
            The check is a shell command that gets the path of a candidate in place of {}, or as its last argument, and ends \
            with exit code 0 if the candidate is still interesting, and with any other code if it is not. So a check that \
            looks for a failure succeeds where the failure is there:

              dgc reduce big.dg --check '! dgc compile {} -o a.plan'
              dgc reduce big.dg --check 'dgc opt {} --pipeline compile 2>&1 | grep -q verify.result-type'

            The best graph so far is always in the output file, which is replaced as a whole: after an interruption it is \
            there. A check that says different things of the same file ends the reduction.
            """)

    @Argument(help: ArgumentHelp("The graph to reduce, as text.", valueName: "FILE.dg"))
    var file: String

    @Option(help: ArgumentHelp("The command that judges candidates: exit code 0 means interesting.", valueName: "command"))
    var check: String

    @Option(name: .shortAndLong, help: ArgumentHelp(
        "Where the smallest graph is kept; without it FILE.reduced.dg.", valueName: "OUT.dg"))
    var output: String?

    @Option(help: ArgumentHelp("How long one check may take, in seconds; one that takes longer is not interesting.", valueName: "seconds"))
    var timeout = 60.0

    func run() throws {
        guard timeout > 0, timeout.isFinite else {
            throw Diagnostic("arguments.range", "--timeout", "a time is a number above 0", expected: "seconds", found: "\(timeout)")
        }
        let source = try RepresentationFile.read(file)
        guard case .graph(let graph) = source else {
            throw Diagnostic(
                "reduce.level", file, "only graphs can be reduced", expected: TextLevel.graph.rawValue, found: source.level.rawValue)
        }
        let output = output ?? (file.hasSuffix(".dg") ? String(file.dropLast(3)) : file) + ".reduced.dg"
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dgc-reduce-\(ProcessInfo.processInfo.processIdentifier)")
        try OutputFolder.create(folder.path)
        defer { try? FileManager.default.removeItem(at: folder) }
        let reduction = FileReduction(
            file, check: CheckCommand(check, timeout: timeout), output: output, folder: folder.path, progress: Self.printLine)
        let interruption = Interruption {
            // The file that is being written becomes whole first.
            AtomicFile.endWriting()
            Self.printLine("interrupted; the smallest graph so far is in \(output)")
            try? FileManager.default.removeItem(at: folder)
        }
        try withExtendedLifetime(interruption) { try reduction.run(graph) }
    }

    @Sendable private static func printLine(_ line: String) {
        CommandStream.errors.write(line + "\n")
    }
}
