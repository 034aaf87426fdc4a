import Foundation
import Graph

/// Times of runs in the trace event format of Chrome, which Perfetto and chrome://tracing open.
///
/// Every step is one complete event on each thread that has worked on it: `name` is the step's label, `cat` its kernel
/// function, `args` what the program says of it. Waits at barriers have the category `wait`, and a track of its own shows
/// the entries with the category `entry`. Times are in microseconds from the first step.
struct ChromeTrace {
    let programs: [Program]
    let title: String

    private static let process = 1

    /// - Parameter firstRun: the number of the first run.
    func text(of runs: [ProfileRecorder.Run], firstRun: Int) -> String {
        let threads = runs.map(\.times.count).max() ?? 0
        let origin = runs.first.map { Self.span($0).start } ?? 0
        var events = [metadata("process_name", title, thread: 0), metadata("thread_name", "entries", thread: threads)]
        for thread in 0..<threads { events.append(metadata("thread_name", "thread \(thread)", thread: thread)) }
        for (position, run) in runs.enumerated() {
            let span = Self.span(run)
            let arguments = [("run", "\(firstRun + position)")]
            events.append(
                event(programs[run.entry].name, "entry", threads, span.start - origin, span.end - origin, arguments))
            for (thread, times) in run.times.enumerated() {
                events += self.events(programs[run.entry], thread, times, end: span.end, origin)
            }
        }
        let other = JSONLine.object([("tool", JSONLine.string("dg")), ("threads", "\(threads)"), ("runs", "\(runs.count)")])
        return "{\"displayTimeUnit\": \"ms\", \"otherData\": \(other), \"traceEvents\": [\n"
            + events.joined(separator: ",\n") + "\n]}\n"
    }

    /// The steps of one thread in one run, and its waits: from its last step of an epoch to the first of the next.
    private func events(
        _ program: Program, _ thread: Int, _ times: [StepTime], end: Double, _ origin: Double
    ) -> [String] {
        var events: [String] = []
        for (index, step) in program.steps.enumerated() {
            let time = times[index]
            // A thread that has no share of a step only passes by.
            if time.end > time.start {
                let arguments = [
                    ("step", "\(index)"), ("kernel", JSONLine.string(step.kernel)), ("epoch", "\(step.epoch)"),
                    ("tasks", "\(step.tasks)"), ("entry", JSONLine.string(program.name)),
                ]
                events.append(event(step.label, step.kernel, thread, time.start - origin, time.end - origin, arguments))
            }
            let isLast = index + 1 == program.steps.count
            guard isLast || program.steps[index + 1].epoch != step.epoch else { continue }
            let arguments = [("epoch", "\(step.epoch)"), ("entry", JSONLine.string(program.name))]
            let next = isLast ? end : times[index + 1].start
            events.append(event("barrier", "wait", thread, time.end - origin, next - origin, arguments))
        }
        return events
    }

    private static func span(_ run: ProfileRecorder.Run) -> StepTime {
        StepTime(
            start: run.times.compactMap { $0.map(\.start).min() }.min() ?? 0,
            end: run.times.compactMap { $0.map(\.end).max() }.max() ?? 0)
    }

    private func event(
        _ name: String, _ category: String, _ thread: Int, _ start: Double, _ end: Double, _ arguments: [(String, String)]
    ) -> String {
        JSONLine.object([
            ("name", JSONLine.string(name)), ("cat", JSONLine.string(category)), ("ph", "\"X\""),
            ("ts", Self.microseconds(start)), ("dur", Self.microseconds(max(0, end - start))),
            ("pid", "\(Self.process)"), ("tid", "\(thread)"), ("args", JSONLine.object(arguments)),
        ])
    }

    private func metadata(_ name: String, _ value: String, thread: Int) -> String {
        JSONLine.object([
            ("name", JSONLine.string(name)), ("ph", "\"M\""), ("pid", "\(Self.process)"), ("tid", "\(thread)"),
            ("args", JSONLine.object([("name", JSONLine.string(value))])),
        ])
    }

    private static func microseconds(_ seconds: Double) -> String { String(format: "%.3f", seconds * 1e6) }
}
