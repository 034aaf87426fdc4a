import ArgumentParser
import CommandLineSupport
import Compilation
import Foundation
import Graph

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Shows how two graphs, kernel graphs, programs or plans differ.",
        discussion: "Compares structure: names of values and the order of independent lines are no difference, and a change is "
            + "shown where it is made, not everywhere it has effects. Ends with 0 if there is no difference, 1 if there is one, "
            + "and 2 if something cannot be read.")

    @Argument(help: ArgumentHelp("A file of any level (.dg), or a plan.", valueName: "A"))
    var first: String

    @Argument(help: ArgumentHelp("Another of the same kind.", valueName: "B"))
    var second: String

    @Flag(help: "Print the differences as JSON.")
    var json = false

    @Flag(help: "Print a unified diff of the canonical texts instead.")
    var text = false

    @Flag(help: "Show all differences; without it, the first 40 of each kind.")
    var all = false

    func validate() throws {
        if json && text { throw ValidationError("--json and --text exclude each other") }
    }

    func run() throws {
        let isSame = text ? try printTexts() : try printStructure()
        if !isSame { throw ExitCode(1) }
    }

    private func printStructure() throws -> Bool {
        let (a, b) = try (ComparedSource(path: first), ComparedSource(path: second))
        let report = try a.report(against: b)
        if json {
            print(try JSONOutput.text(report))
        } else {
            let text = DiffText(isColoured: Terminal.showsColours, limit: all ? nil : 40)
            for level in report.levels { print(text.text(level), terminator: "") }
        }
        return report.isSame
    }

    private func printTexts() throws -> Bool {
        let (a, b) = try (ComparedSource(path: first), ComparedSource(path: second))
        try a.checkComparable(with: b)
        var isSame = true
        for (textA, textB) in zip(a.texts, b.texts) {
            let text = UnifiedDiff.text(textA.text, textB.text, nameA: textA.name, nameB: textB.name)
            isSame = isSame && text.isEmpty
            print(text, terminator: "")
        }
        return isSame
    }
}
