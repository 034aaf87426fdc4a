import ArgumentParser
import CommandLineSupport
import Compilation
import Data
import Graph
import Runtime

struct HelpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "help", abstract: "Explains a message by its id, or how a subcommand is used.",
        discussion: "Every message names its id in brackets. Without a topic, shows the subcommands.")

    @OptionGroup var help: HelpArguments

    func run() throws {
        print(try help.text(RunnerCommand.self, DiagnosticCatalogue(.compilation + .commands)), terminator: "")
    }
}
