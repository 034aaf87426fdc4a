import ArgumentParser
import CommandLineSupport

struct CompilerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dgc", abstract: "Compiles model specifications and graphs to plans, and shows every stage as text.",
        subcommands: [
            CompileCommand.self,
            DumpCommand.self,
            ViewCommand.self,
            DiffCommand.self,
            ExplainCommand.self,
            OptCommand.self,
            PassesCommand.self,
            CompareCommand.self,
            BisectCommand.self,
            ReduceCommand.self,
            BundleCommand.self,
            ReplayCommand.self,
            HelpCommand.self,
        ])
}

CommandExit.run(CompilerCommand.self)
