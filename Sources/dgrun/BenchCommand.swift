import ArgumentParser
import Data
import Foundation
import Graph
import Runtime

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures one entry of a plan on random inputs.")

    @OptionGroup var plan: PlanArguments

    @Option(help: ArgumentHelp("infer, loss, grad or train, or a name such as train.32; the plan of a plain graph has only one.", valueName: "entry"))
    var entry: String = "train"

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "The batch size; without it, the largest that the plan has.", valueName: "N"))
    var batch: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Timed runs, after two that are not timed.", valueName: "N"))
    var iterations: Int = 20

    @Flag(help: "Print one line of JSON.")
    var json = false

    @Flag(help: "Show where the time goes, by kernel function, beside what the cost model predicts.")
    var perKernel = false

    func run() throws {
        try ArgumentRange.check("--iterations", iterations, ArgumentRange.counts)
        let (bundle, instance) = try plan.open()
        let number = try number(in: bundle.manifest)
        let benchmark = Benchmark(bundle: bundle, instance: instance)
        let measurement = try benchmark.measure(entry: number, iterations: iterations)
        let program = instance.programs[number]
        let prediction = bundle.manifest.entries[number].prediction
        let rows = perKernel ? try KernelTable(benchmark.kernelTimes(entry: number, iterations: iterations), prediction) : nil
        let total = prediction?.total(program)
        let predicted = prediction.map { $0.seconds(program, threads: instance.threads) * 1e3 }
        if json {
            print(
                JSONLine.object([
                    ("entry", JSONLine.string(bundle.manifest.entries[number].name)), ("threads", "\(instance.threads)"),
                    ("iterations", "\(iterations)"), ("median_ms", JSONLine.number(measurement.median)),
                    ("min_ms", JSONLine.number(measurement.minimum)), ("predicted_ms", JSONLine.number(predicted ?? .nan)),
                    ("operations", JSONLine.number(total?.operations ?? .nan)),
                    ("moved_bytes", JSONLine.number(total?.bytes ?? .nan)), ("arena_bytes", "\(instance.byteCount)"),
                    ("workspace_bytes", "\(program.workspaceBytes)"),
                    ("peak_resident_bytes", "\(Benchmark.peakResidentBytes())"),
                ] + (rows.map { [("kernels", $0.json)] } ?? [])))
        } else {
            print("\(bundle.manifest.entries[number].name), \(instance.threads) threads, \(iterations) runs")
            print(String(format: "  median %10.3f ms", measurement.median))
            print(String(format: "  min    %10.3f ms", measurement.minimum))
            if let predicted, let total {
                print(
                    String(format: "  model  %10.3f ms", predicted)
                        + String(format: ", %.3f GFLOP, %.1f MB moved", total.operations * 1e-9, total.bytes * 1e-6))
            }
            if let rows { print(rows.text, terminator: "") }
            print("  arena  \(instance.byteCount) bytes, peak resident \(Benchmark.peakResidentBytes()) bytes")
        }
    }

    /// The entry is named by its kind, with `--batch` or without, or as the plan does.
    private func number(in manifest: PlanManifest) throws(Diagnostic) -> Int {
        if batch == nil, let named = manifest.entries.firstIndex(where: { $0.name == entry }) { return named }
        if let kind = PlanManifest.EntryKind(rawValue: manifest.training == nil ? "graph" : entry),
            let batch = batch ?? manifest.largestBatch(kind), let number = manifest.entry(kind, batch: batch)
        {
            return number
        }
        throw Diagnostic(
            "bench.entry", plan.plan, "the plan has no such entry", expected: manifest.entries.map(\.name).joined(separator: ", "),
            found: [entry, batch.map(String.init)].compactMap(\.self).joined(separator: "."))
    }
}
