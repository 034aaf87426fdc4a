import ArgumentParser
import CommandLineSupport
import Compilation
import Data
import Foundation
import Graph
import Models
import Runtime

struct BundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle", abstract: "Writes one file with all that it takes to compile and run something again elsewhere.",
        discussion: "The file is text: the source, options, versions, the seed, every stage of all entries, and what one run of "
            + "an entry gave, in a few numbers for each output. dgc replay FILE does it again and says whether the same comes of "
            + "it. Weights and data are left out: parameters get their first values from the seed, and data are random, unless "
            + "--in gives tensors to keep. Exit code 1: the run ended with an error, which is recorded.")

    @OptionGroup var source: SourceArguments

    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "FILE.bundle"))
    var output: String

    @Option(help: "Which entry of a model runs, such as loss or loss.32; without it train.")
    var entry: EntryArgument?

    @Option(name: .customLong("in"), help: ArgumentHelp(
        "Inputs by name that are kept in the file; parameters among them only --with-weights.", valueName: "X.safetensors"))
    var input: String?

    @Flag(help: "Keep parameters of the inputs, too.")
    var withWeights = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Decides random inputs and missing parameters.", valueName: "N"))
    var seed: Int = 1

    func validate() throws {
        if withWeights && input == nil { throw ValidationError("--with-weights keeps parameters of --in <X.safetensors>") }
    }

    func run() throws {
        try source.checkOptions()
        guard (0...Int(Int32.max)).contains(seed) else {
            throw Diagnostic(
                "arguments.range", "--seed", "the number is out of range", expected: "a whole number in 0...\(Int32.max)",
                found: "\(seed)")
        }
        try AtomicFile.check(output)
        let plan = source.kind == .plan ? try PlanBundle(path: source.source) : nil
        var bundle = try plan.map { plan throws(Diagnostic) in try self.bundle(plan) } ?? bundleOfSource()
        if let input { bundle.inputs = try keptInputs(input, parameters: bundle.parameters) }
        // Were this process to end below, that is what the file is for.
        try bundle.write(to: output)
        bundle = try recorded(bundle, plan)
        try bundle.write(to: output)
        print(summary(bundle))
        // A failure may be what is to be shown to somebody, or a mistake in what was given here.
        if case .failure = bundle.description.outcome { throw ExitCode(1) }
    }

    private func bundle(_ plan: PlanBundle) throws(Diagnostic) -> ReplayBundle {
        let kind = try kind(isModel: plan.manifest.specification != nil)
        return try ReplayBundle(plan, kind: kind, batch: entry?.batch, seed: seed)
    }

    private func bundleOfSource() throws(Diagnostic) -> ReplayBundle {
        switch source.kind {
        case .specification:
            let model = try source.readModel()
            let kind = try kind(isModel: true)
            return try ReplayBundle(
                model, options: source.options(), name: source.source, kind: kind, batch: entry?.batch, seed: seed)
        case .graph, .plan:
            _ = try kind(isModel: false)
            return try ReplayBundle(source.readGraph(), options: source.options(), name: source.source, seed: seed)
        }
    }

    private func kind(isModel: Bool) throws(Diagnostic) -> PlanManifest.EntryKind {
        if isModel { return entry?.kind ?? .train }
        guard let entry else { return .graph }
        throw Diagnostic(
            "arguments.entry", source.source, "a plain graph has only one entry", expected: "no --entry", found: "--entry \(entry)")
    }

    private func keptInputs(_ path: String, parameters: Set<String>) throws(Diagnostic) -> [UInt8] {
        var tensors = try Safetensors.read(path: path)
        if !withWeights {
            tensors = tensors.filter { name, _ in !name.hasPrefix("param.") && !parameters.contains(name) }
        }
        let folder = try TemporaryFolder(for: "dgc-bundle")
        defer { folder.remove() }
        let kept = "\(folder.path)/inputs.safetensors"
        try Safetensors.write(tensors, metadata: ["format": "dg"], to: kept)
        return Array(FileManager.default.contents(atPath: kept) ?? Foundation.Data())
    }

    private func recorded(_ bundle: ReplayBundle, _ plan: PlanBundle?) throws(Diagnostic) -> ReplayBundle {
        let folder = try TemporaryFolder(for: "dgc-bundle")
        return try withExtendedLifetime(Interruption { folder.remove() }) { () throws(Diagnostic) in
            defer { folder.remove() }
            let execution = ReplayExecution(bundle, file: output, folder: folder.path)
            var bundle = bundle
            if let plan {
                bundle.description.outcome = execution.outcome(of: plan)
            } else {
                let (plan, outcome) = try execution.outcome()
                bundle.description.outcome = outcome
                bundle.stages = try plan.map { plan throws(Diagnostic) in try ReplayBundle.Stages(plan) }
            }
            return bundle
        }
    }

    private func summary(_ bundle: ReplayBundle) -> String {
        let what =
            switch bundle.description.outcome {
            case .run(let run): "a run of \(run.entry)"
            case .failure(_, let message): "that it ends with \(message)"
            case nil: "no run"
            }
        return "\(output): \(source.source), options \(bundle.description.options.text), and \(what)\n"
            + "again with: dgc replay \(output)"
    }
}
