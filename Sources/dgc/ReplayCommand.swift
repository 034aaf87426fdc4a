import ArgumentParser
import CommandLineSupport
import Compilation
import Data
import Foundation
import Graph
import Runtime

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Compiles and runs what a file of dgc bundle holds, and says whether the same comes of it.",
        discussion: "Stages are compared like dgc diff does; outputs by their bits, and where these differ by the numbers that "
            + "the file keeps. Exit code 0: the same, but for rounding; 1: something differs. -o keeps the source, the recorded "
            + "stages, the inputs and the new plan in a folder, for dgc diff, explain, view and compare.")

    @Argument(help: ArgumentHelp("A file that dgc bundle wrote.", valueName: "FILE.bundle"))
    var file: String

    @Option(name: .shortAndLong, help: ArgumentHelp("A new folder for everything in the file and the new plan.", valueName: "DIR"))
    var output: String?

    func run() throws {
        let bundle = try ReplayBundle(path: file)
        let isSame = if let output { try keep(bundle, output) } else { try replayInPassing(bundle) }
        if !isSame { throw ExitCode(1) }
    }

    private func keep(_ bundle: ReplayBundle, _ output: String) throws(Diagnostic) -> Bool {
        guard try OutputFolder.create(output) else {
            throw Diagnostic("replay.output", output, "the folder exists already", expected: "a new folder")
        }
        try bundle.extract(to: output)
        let isSame = try replay(bundle, in: output)
        print("kept: \(output)")
        return isSame
    }

    private func replayInPassing(_ bundle: ReplayBundle) throws(Diagnostic) -> Bool {
        let folder = try TemporaryFolder(for: "dgc-replay")
        defer { folder.remove() }
        return try withExtendedLifetime(Interruption { folder.remove() }) { () throws(Diagnostic) in
            try replay(bundle, in: folder.path)
        }
    }

    private func replay(_ bundle: ReplayBundle, in folder: String) throws(Diagnostic) -> Bool {
        let description = bundle.description
        let name = description.kind.rawValue + (description.batch.map { ".\($0)" } ?? "")
        print("\(description.name): entry \(name), seed \(description.seed), options \(description.options.text)")
        let execution = ReplayExecution(bundle, file: file, folder: folder)
        let (plan, outcome) = try execution.outcome()
        if let plan { showOrigins(description, plan) }
        let stagesAreSame = try compareStages(bundle, plan)
        let verdict = ReplayVerdict(recorded: description.outcome, found: outcome)
        for line in verdict.lines { print(line) }
        return stagesAreSame && verdict.isSame
    }

    /// Other versions are where differences come from.
    private func showOrigins(_ description: ReplayDescription, _ plan: PlanBundle) {
        let (then, now) = (description.origin, ReplayDescription.Origin(plan.manifest))
        for (what, a, b) in [
            ("dgc", then.executable, now.executable), ("C compiler", then.compiler.version, now.compiler.version),
            ("system", then.system, now.system), ("processor", then.target.architecture, now.target.architecture),
            ("instructions", then.target.features.joined(separator: " "), now.target.features.joined(separator: " ")),
        ] where a != b {
            print("\(what): \(a), now \(b)")
        }
    }

    private func compareStages(_ bundle: ReplayBundle, _ plan: PlanBundle?) throws(Diagnostic) -> Bool {
        switch (bundle.stages, plan) {
        case (nil, nil): return true
        case (nil, _?):
            print("stages: none are recorded")
            return true
        case (_?, nil):
            print("stages: cannot be compiled now")
            return false
        case (let stages?, let plan?):
            let now = try ComparedSource(ReplayBundle.Stages(plan), path: plan.path)
            let report = try ComparedSource(stages, path: file).report(against: now)
            let text = DiffText(isColoured: Terminal.showsColours, limit: 10)
            for level in report.levels where !level.isSame { print(text.text(level), terminator: "") }
            if report.isSame { print("stages: the same") }
            return report.isSame
        }
    }
}
