import CommandLineSupport
import Foundation
import Runtime
import Studies

/// Shows how far a study is, on stdout.
struct StudyDisplay {
    let isQuiet: Bool

    /// At once: a line that waits in a buffer is lost with the process.
    private func print(_ line: String) {
        CommandStream.output.write(line + "\n")
    }

    func show(note: String) {
        if !isQuiet { print("note: \(note)") }
    }

    func show(_ runner: StudyRunner, jobs: Int) {
        guard !isQuiet else { return }
        let (variants, seeds) = (runner.description.variants.count, runner.description.seeds.count)
        let finished = runner.finishedCount
        let over = "; \(finished) of them \(finished == 1 ? "is" : "are") over"
        print("\(variants * seeds) runs, \(jobs) at a time" + (finished > 0 ? over : ""))
    }

    func show(_ event: StudyEvent) {
        guard !isQuiet else { return }
        let place = "[\(event.finished)/\(event.count)] \(event.variant.title)" + (event.seed.map { ", seed \($0)" } ?? "")
        switch event.result {
        case .open: print("\(place): not finished")
        case .failed(let message): print("\(place): failed: \(message)")
        case .done(let result):
            let metrics = result.metrics.map { "\($0.name) \(String(format: "%.4f", $0.value))" }.joined(separator: "  ")
            let seconds = String(format: "%.1f", event.seconds)
            print("\(place): \(metrics)  epoch \(result.testedEpoch) of \(result.epochs)  \(seconds) s")
        }
    }

    func showFiles(_ path: String) {
        if !isQuiet { print("written: \(path)/table.csv, table.json, table.md, figure.svg") }
    }

    /// After a signal, when all processes have saved where they are.
    func end(by signal: Int32, _ description: StudyDescription, _ path: String) -> Never {
        CommandStream.errors.write("interrupted; go on with: dgrun \(description.kind.command) --resume \(path)\n")
        Interruption.end(by: signal)
    }
}
