import ArgumentParser
import Graph

/// What the subcommand `help` of both tools takes; it stands in place of the parser's own.
public struct HelpArguments: ParsableArguments {
    @Argument(help: "The id of a message, such as npz.truncated, an area of ids, or a subcommand.")
    var topic: String?

    @Flag(help: "List all areas, or the ids of one.")
    var list = false

    public init() {}

    /// What is asked for: how the tool is used, or a page.
    ///
    /// - Throws: `arguments.topic`.
    public func text(_ root: any ParsableCommand.Type, _ catalogue: DiagnosticCatalogue) throws(Diagnostic) -> String {
        guard let topic else { return list ? areas(root, catalogue) : root.helpMessage() + "\n" }
        if !list, let command = root.configuration.subcommands.first(where: { $0.configuration.commandName == topic }) {
            return root.helpMessage(for: command) + "\n"
        }
        if let page = catalogue.page(topic) { return DiagnosticReference.text(page) }
        if let area = catalogue.area(topic) { return DiagnosticReference.text(area) }
        let suggestions = catalogue.suggestions(for: topic)
        let hint = suggestions.isEmpty ? "what \(root.name) help --list shows" : "perhaps \(suggestions.joined(separator: ", "))"
        throw Diagnostic("arguments.topic", topic, "there is no page of this name", expected: hint)
    }

    private func areas(_ root: any ParsableCommand.Type, _ catalogue: DiagnosticCatalogue) -> String {
        "Areas of messages; \(root.name) help AREA lists the ids of one, \(root.name) help ID shows what an id means.\n\n"
            + DiagnosticReference.text(catalogue)
    }
}

extension ParsableCommand {
    /// As it is written on the command line.
    fileprivate static var name: String { configuration.commandName ?? "" }
}
