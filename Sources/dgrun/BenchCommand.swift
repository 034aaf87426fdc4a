import ArgumentParser
import Data
import Foundation
import Graph
import Runtime

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures one entry of a plan on random inputs.")

    @OptionGroup var plan: PlanArguments

    @Option(help: ArgumentHelp("infer, loss, grad or train; the plan of a plain graph has only one.", valueName: "entry"))
    var entry: String = "train"

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "The batch size; without it, the largest that the plan has.", valueName: "N"))
    var batch: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Timed runs, after two that are not timed.", valueName: "N"))
    var iterations: Int = 20

    @Flag(help: "Print one line of JSON.")
    var json = false

    @Flag(help: "Show where the time goes, by kernel function.")
    var perKernel = false

    func run() throws {
        try ArgumentRange.check("--iterations", iterations, ArgumentRange.counts)
        let (bundle, instance) = try plan.open()
        let isPlainGraph = bundle.manifest.training == nil
        guard let kind = PlanManifest.EntryKind(rawValue: isPlainGraph ? "graph" : entry),
            let batch = batch ?? bundle.manifest.largestBatch(kind), let number = bundle.manifest.entry(kind, batch: batch)
        else {
            throw Diagnostic(
                "bench.entry", plan.plan, "the plan has no such entry",
                expected: bundle.manifest.entries.map(\.name).joined(separator: ", "),
                found: [entry, batch.map(String.init)].compactMap(\.self).joined(separator: "."))
        }
        let measurement = try Benchmark(bundle: bundle, instance: instance).measure(entry: number, iterations: iterations)
        if json {
            print(
                JSONLine.object([
                    ("entry", JSONLine.string(bundle.manifest.entries[number].name)), ("threads", "\(instance.threads)"),
                    ("iterations", "\(iterations)"), ("median_ms", JSONLine.number(measurement.median)),
                    ("min_ms", JSONLine.number(measurement.minimum)), ("arena_bytes", "\(instance.byteCount)"),
                    ("workspace_bytes", "\(instance.programs[number].workspaceBytes)"),
                    ("peak_resident_bytes", "\(Benchmark.peakResidentBytes())"),
                ]))
        } else {
            print("\(bundle.manifest.entries[number].name), \(instance.threads) threads, \(iterations) runs")
            print(String(format: "  median %10.3f ms", measurement.median))
            print(String(format: "  min    %10.3f ms", measurement.minimum))
            if perKernel { try printKernels(Benchmark(bundle: bundle, instance: instance), number, instance.programs[number]) }
            print("  arena  \(instance.byteCount) bytes, peak resident \(Benchmark.peakResidentBytes()) bytes")
        }
    }

    /// The busiest kernel functions: thread time per run, number of steps, and one of the places they come from.
    private func printKernels(_ benchmark: Benchmark, _ entry: Int, _ program: Program) throws {
        print("  thread time by kernel function, ms per run:")
        for row in try benchmark.kernelTimes(entry: entry, iterations: iterations).prefix(40) {
            print(String(format: "  %9.3f  %4d steps  ", row.milliseconds, row.steps) + "\(row.kernel)  \(row.label)")
        }
    }
}
