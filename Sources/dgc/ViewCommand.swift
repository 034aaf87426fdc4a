import ArgumentParser
import Compilation
import Data
import Foundation
import Graph
import Passes
import Report
import Runtime

struct ViewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view", abstract: "Shows a plan, or two memory plans side by side, as a page for the browser.",
        discussion: "The page is one file that loads nothing. It shows the graph, the kernels and the steps side by side, "
            + "collapsed by scope: what is selected in one is marked in the others, with its operands, uses and the decisions on it. Below "
            + "stands the memory plan. Of two plans it shows both memory plans on one scale, and what makes the difference of "
            + "their peaks. With --dot it prints a graph for Graphviz or Netron instead.")

    enum Stage: String, ExpressibleByArgument, CaseIterable {
        case graph, kernels
    }

    @Argument(help: ArgumentHelp("One plan, or two to compare; texts of any level are compiled as far as a program.", valueName: "NAME.plan"))
    var plans: [String]

    @Option(name: .shortAndLong, help: ArgumentHelp(
        "The page to write; with --dot standard output if it is left out.", valueName: "FILE"))
    var output: String?

    @Option(help: ArgumentHelp("Only this entry, such as train or train.32; without it all can be chosen on the page.",
        valueName: "infer|loss|grad|train"))
    var entry: EntryArgument?

    @Option(help: ArgumentHelp("Measured times, as dgrun --profile writes them.", valueName: "P.json"))
    var profile: String?

    @Option(help: "Prints this stage of the largest or the chosen entry in the DOT language.")
    var dot: Stage?

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "With --dot: how many scopes of a name make a node; 0 for a node per value or kernel.", valueName: "N"))
    var depth: Int?

    func run() throws {
        try check()
        if let output { try AtomicFile.check(output) }
        let text = try text(plans.map { path throws(Diagnostic) in try viewed(path) })
        guard let output else { return print(text, terminator: "") }
        try AtomicFile.write(Array(text.utf8), to: output)
        print("\(output): \(text.utf8.count) bytes")
    }

    private func check() throws(Diagnostic) {
        guard (1...2).contains(plans.count) else {
            throw Diagnostic(
                "view.plans", "dgc view", "one plan is shown, or two are compared", expected: "1 or 2", found: "\(plans.count)")
        }
        guard dot != nil || output != nil else {
            throw Diagnostic("view.output", "dgc view", "a page needs a file", expected: "-o report.html")
        }
        let pointless: [(name: String, isGiven: Bool, reason: String)] = [
            ("--dot", dot != nil && plans.count == 2, "it prints one plan"),
            ("--profile", profile != nil && (plans.count == 2 || dot != nil), "times are shown on the page of one plan"),
            ("--depth", depth != nil && dot == nil, "it belongs to --dot"),
        ]
        for option in pointless where option.isGiven {
            throw Diagnostic("arguments.option", option.name, "the option has no effect here: \(option.reason)")
        }
        guard (0...100).contains(depth ?? 0) else {
            throw Diagnostic(
                "arguments.range", "--depth", "the number is out of range", expected: "0...100", found: "\(depth ?? 0)")
        }
    }

    private func text(_ plans: [ViewedPlan]) throws(Diagnostic) -> String {
        if plans.count == 2 { return try PlanPage.comparison(plans) }
        guard let dot else { return try PlanPage.report(plans[0], profile: profile) }
        guard let largest = plans[0].entries.max(by: { $0.program.workspaceBytes < $1.program.workspaceBytes }) else { return "" }
        switch dot {
        case .graph: return DotText(largest.graph, depth: depth ?? 2).text
        case .kernels: return DotText(largest.kernels, depth: depth ?? 2).text
        }
    }

    private func viewed(_ path: String) throws(Diagnostic) -> ViewedPlan {
        guard !SourceArguments.isPlan(path) else {
            let bundle = try PlanBundle(path: path)
            return try ViewedPlan(bundle, entries: positions(bundle))
        }
        if let entry {
            throw Diagnostic("arguments.option", "--entry \(entry)", "the option has no effect on \(path): a text has no entries")
        }
        let text = try RepresentationFile.read(path)
        let stages = try ExplainedEntry(text, PlanCompiler.Options())
        let footer = "from the text of \(text.level == .graph ? "a graph" : text.level == .kernels ? "kernels" : "a program")"
        return ViewedPlan(
            name: (path as NSString).lastPathComponent, footer: footer,
            entries: [ViewedPlan.Entry(graph: stages.graph, kernels: stages.kernels, program: stages.program)])
    }

    private func positions(_ bundle: PlanBundle) throws(Diagnostic) -> [Int] {
        guard let entry else { return Array(bundle.programs.indices) }
        guard bundle.manifest.specification != nil else {
            throw Diagnostic(
                "arguments.option", "--entry \(entry)",
                "the option has no effect on \(bundle.path): the plan of a plain graph has no entries")
        }
        return try entry.positions(in: bundle)
    }
}
