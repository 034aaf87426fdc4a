import CommandLineSupport
import Data
import Foundation
import Runtime

/// Shows a training: epochs and results on stdout, steps and messages on stderr.
final class TrainingDisplay: TrainingReport {
    private let arguments: DisplayArguments
    private let request: StopRequest
    private let progress: StepProgress?

    init(_ arguments: DisplayArguments, _ request: StopRequest) {
        self.arguments = arguments
        self.request = request
        progress = arguments.quiet ? nil : StepProgress(arguments.progress)
    }

    var wantsToStop: Bool { request.signal != nil }

    private var showsEpochs: Bool { !arguments.json && !arguments.quiet }

    /// At once: a line that waits in a buffer is lost with the process.
    private func print(_ line: String) {
        progress?.clear()
        CommandStream.output.write(line + "\n")
    }

    func show(note: String) {
        if showsEpochs { print("note: \(note)") }
    }

    func show(seed: Int, index: Int, of count: Int) {
        if showsEpochs { print("seed \(seed), \(index + 1) of \(count)") }
    }

    func show(resumedFrom state: TrainingState) {
        if showsEpochs { print("going on after \(Self.place(state))") }
    }

    func show(_ step: Trainer.Step) { progress?.show(step) }

    func show(_ epoch: Trainer.Epoch) {
        guard showsEpochs else { return }
        let metrics = epoch.valid.metrics.entries.map { "\($0.name) \(String(format: "%.4f", $0.value))" }
        print(
            String(format: "epoch %3d  train %.4f  valid %.4f  ", epoch.number, epoch.trainLoss, epoch.valid.loss)
                + metrics.joined(separator: "  ") + String(format: "  lr %g  %.1f s", epoch.learningRate, epoch.seconds)
                + (epoch.isBest ? "  *" : ""))
    }

    func show(stoppedAt state: TrainingState) {
        progress?.clear()
        CommandStream.errors.write("interrupted, and saved after \(Self.place(state))\n")
    }

    private static func place(_ state: TrainingState) -> String {
        let steps = state.begun.totals.count
        let epochs = state.epochs == 0 && steps > 0 ? [] : ["epoch \(state.epochs)"]
        return (epochs + (steps > 0 ? ["step \(steps) of epoch \(state.epochs + 1)"] : [])).joined(separator: " and ")
    }

    func show(_ ending: TrainingRuns.Ending) {
        switch ending {
        case .run(let result):
            if arguments.json { return print(result.json) }
            if !arguments.quiet { print(Self.table(result)) }
        case .seeds(let summary):
            if arguments.json { return print(summary.json) }
            if !arguments.quiet { print(summary.table) }
        }
    }

    private static func table(_ result: RunResult) -> String {
        let lines = result.rows.map { name, value in
            "  " + name.padding(toLength: 12, withPad: " ", startingAt: 0) + String(format: "%8.4f", value)
        }
        let head = "test, epoch \(result.testedEpoch) of \(result.epochs), \(String(format: "%.1f", result.seconds)) s"
        return ([head] + lines).joined(separator: "\n")
    }
}
