import ArgumentParser
import CommandLineSupport
import Compilation
import Foundation
import Graph
import Runtime

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Proves on this machine that a plan does what its graph says, and keeps its promises.",
        discussion: "For each entry: the interpreter computes the same from the graph, but for rounding; all numbers of threads "
            + "give the same bits, every time; no step reads or writes memory that it may not; and the plan takes the memory that "
            + "it says. Inputs are random. Files, program and processor are checked like before every run. Exit code 0: all holds; "
            + "1: something does not.")

    @OptionGroup var plan: PlanArguments

    @Option(help: ArgumentHelp("Which entry of a model, such as train or train.32; without it all.", valueName: "ENTRY"))
    var entry: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Decides the random inputs.", valueName: "N"))
    var seed: Int = 1

    @Option(parsing: .unconditional, help: ArgumentHelp("Runs in a row on each number of threads.", valueName: "N"))
    var steps: Int = 3

    @Option(parsing: .unconditional, help: ArgumentHelp("How often the runs on each number of threads are repeated.", valueName: "N"))
    var rounds: Int = 3

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "Entries with more operations are not interpreted, which would take minutes.", valueName: "N"))
    var mostOperations: Double = 2e9

    @Flag(help: "Print the findings as JSON.")
    var json = false

    /// What rounding does beyond what is measured for each value.
    private static let tolerance = 1e-5

    func run() throws {
        try plan.check()
        for (name, value, range) in [
            ("--seed", seed, ArgumentRange.seeds), ("--steps", steps, ArgumentRange.counts), ("--rounds", rounds, ArgumentRange.counts),
        ] { try ArgumentRange.check(name, value, range) }
        let bundle = try PlanBundle(path: plan.plan)
        var findings: [Finding] = []
        for index in try entries(bundle) {
            findings += try check(bundle, index)
        }
        print(json ? try JSONOutput.text(findings) + "\n" : FindingText.text(findings), terminator: "")
        if findings.contains(where: { $0.state == .bad }) { throw ExitCode(1) }
    }

    private func entries(_ bundle: PlanBundle) throws(Diagnostic) -> [Int] {
        let entries = bundle.manifest.entries
        guard let entry else { return Array(entries.indices) }
        let chosen = entries.indices.filter { entries[$0].name == entry || entries[$0].kind.rawValue == entry }
        guard !chosen.isEmpty else {
            throw Diagnostic(
                "arguments.entry", bundle.path, "the plan has no such entry", expected: entries.map(\.name).joined(separator: ", "),
                found: entry)
        }
        return chosen
    }

    private func check(_ bundle: PlanBundle, _ index: Int) throws(Diagnostic) -> [Finding] {
        let name = bundle.manifest.entries[index].name
        return [
            try memory(bundle, index, name), try guarded(bundle, index, name), try bits(bundle, index, name),
            try interpreted(bundle, index, name),
        ]
    }

    private func memory(_ bundle: PlanBundle, _ index: Int, _ name: String) throws(Diagnostic) -> Finding {
        let claim = try MemoryClaim(bundle, entry: index, seed: seed, threads: plan.threads.count)
        let claimed = String(format: "claims %.1f MB", Double(claim.claimedBytes) * 1e-6)
        guard let obtained = claim.obtainedBytes else {
            return Finding("\(name): memory", .warning, "\(claimed); this system does not say what it takes")
        }
        let found = claimed + String(format: ", takes %.1f MB", Double(obtained) * 1e-6)
        return Finding("\(name): memory", claim.isKept ? .good : .bad, found)
    }

    private func guarded(_ bundle: PlanBundle, _ index: Int, _ name: String) throws(Diagnostic) -> Finding {
        // On one thread, too, as it has all scratch memory to itself then and is seen when it leaves it.
        for threads in Set([1, plan.threads.count]).sorted() {
            let violations = try GuardedRun(bundle, entry: index, threads: threads).violations(seed: seed)
            if let first = violations.first { return Finding("\(name): guarded run", .bad, first.description) }
        }
        return Finding("\(name): guarded run", "\(bundle.programs[index].epochs) epochs keep to their memory")
    }

    private func bits(_ bundle: PlanBundle, _ index: Int, _ name: String) throws(Diagnostic) -> Finding {
        let counts = ThreadBits.threadCounts.map(String.init).joined(separator: ", ")
        guard let difference = try ThreadBits(bundle, entry: index, seed: seed).difference(steps: steps, rounds: rounds) else {
            return Finding(
                "\(name): bits", "the same on \(counts) threads, \(rounds) times \(steps) runs in a row")
        }
        let tensors = difference.tensors.prefix(3).joined(separator: ", ")
        return Finding(
            "\(name): bits", .bad, "others on \(difference.threads) threads, in round \(difference.round): \(tensors)")
    }

    private func interpreted(_ bundle: PlanBundle, _ index: Int, _ name: String) throws(Diagnostic) -> Finding {
        let (subject, check) = ("\(name): interpreter", InterpreterCheck(bundle, entry: index, seed: seed))
        guard check.operations <= mostOperations else {
            return Finding(
                subject, .warning, String(format: "not asked: %.1e operations", check.operations),
                advice: String(format: "--most-operations %.0e interprets it, which takes minutes", check.operations * 2))
        }
        guard let disagreement = try check.disagreement(threads: plan.threads.count, tolerance: Self.tolerance) else {
            return Finding(subject, "finds the same outputs, but for rounding")
        }
        return Finding(subject, .bad, "\(disagreement)")
    }
}
