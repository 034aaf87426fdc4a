import CommandLineSupport
import Foundation
import Runtime

/// Shows on stderr how far an epoch is: a bar that is drawn again, or a line now and then.
final class StepProgress {
    private let drawsBar: Bool
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var lastShown: ContinuousClock.Instant
    private var epochStart: (epoch: Int, step: Int, time: ContinuousClock.Instant)?
    /// Of this process, to say how long the rest takes.
    private var steps = 0
    private var isBarShown = false

    private static let barWidth = 24

    /// - Returns: nil where nothing is to be shown.
    init?(_ mode: DisplayArguments.Progress) {
        switch mode {
        case .off: return nil
        case .plain: drawsBar = false
        case .bar: drawsBar = true
        case .auto: drawsBar = isatty(STDERR_FILENO) != 0
        }
        start = clock.now
        lastShown = start
    }

    func show(_ step: Trainer.Step) {
        let now = clock.now
        if epochStart?.epoch != step.epoch { epochStart = (step.epoch, step.number, now) }
        steps += 1
        guard now - lastShown >= (drawsBar ? .milliseconds(100) : .seconds(30)) else { return }
        lastShown = now
        write(drawsBar ? "\r" + Self.cut(bar(step) + text(step, now)) + "\u{1b}[K" : text(step, now) + "\n")
        isBarShown = drawsBar
    }

    /// Makes room for a line.
    func clear() {
        if isBarShown { write("\r\u{1b}[K") }
        isBarShown = false
    }

    private func bar(_ step: Trainer.Step) -> String {
        let full = Self.barWidth * step.number / max(1, step.count)
        return "[" + String(repeating: "=", count: full) + String(repeating: " ", count: Self.barWidth - full) + "] "
    }

    private func text(_ step: Trainer.Step, _ now: ContinuousClock.Instant) -> String {
        var text = "epoch \(step.epoch)/\(step.mostEpochs)  step \(step.number)/\(step.count)  loss "
            + String(format: "%.4f", step.loss)
        guard let epochStart, step.number > epochStart.step else { return text }
        let perStep = (now - epochStart.time) / (step.number - epochStart.step)
        text += String(format: "  %.1f steps/s", 1 / max(Self.seconds(perStep), 1e-9))
        let remaining = step.count - step.number + (step.mostEpochs - step.epoch) * step.count
        // With the evaluations, which the steps of one epoch alone do not show.
        let rest = (now - start) / steps * remaining
        return text + "  ends in \(Self.time(perStep * (step.count - step.number))), the run in at most \(Self.time(rest))"
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    /// Minutes and seconds, or hours, minutes and seconds.
    private static func time(_ duration: Duration) -> String {
        let seconds = Int(min(seconds(duration).rounded(), 1e9))
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        return hours > 0
            ? String(format: "%d:%02d:%02d", hours, minutes, seconds % 60) : String(format: "%d:%02d", minutes, seconds % 60)
    }

    /// A bar that goes on in the next line could not be drawn again.
    private static func cut(_ text: String) -> String {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return text }
        return String(text.prefix(Int(size.ws_col) - 1))
    }

    private func write(_ text: String) { CommandStream.errors.write(text) }
}
