import Data
import Foundation
import Graph

/// Measured times of an entry's steps, from a profile that `dgrun --profile` has written.
struct StepTimes {
    /// How many runs the times are the mean of.
    var runs: Int
    /// Seconds of each step, all threads together.
    var total: [Double]
    /// Seconds of each step on the thread that takes longest.
    var longest: [Double]

    /// A profile: what is needed of the trace event format; other members and events are passed over.
    struct Profile: Decodable {
        var traceEvents: [Event]

        struct Event: Decodable {
            var cat: String?
            var name: String?
            var dur: Double?
            var tid: Int?
            var args: Arguments?
        }

        struct Arguments: Decodable {
            var step: Int?
            var kernel: String?
            var entry: String?
        }

        /// - Throws: `view.profile`, or what reading the file throws.
        init(path: String) throws(Diagnostic) {
            let text = try TextFile.read(path: path)
            do {
                self = try JSONDecoder().decode(Profile.self, from: Foundation.Data(text.utf8))
            } catch {
                throw Diagnostic(
                    "view.profile", path, "the file is no profile", expected: "a file written by dgrun --profile")
            }
        }
    }

    /// The times of one program; nil where the profile has no run of it.
    ///
    /// - Throws: `view.other-plan` where the profile is of another plan.
    init?(_ profile: Profile, _ program: Program, file: String) throws(Diagnostic) {
        runs = profile.traceEvents.count { $0.cat == "entry" && $0.name == program.name }
        var threads: [Int: [Double]] = [:]
        for event in profile.traceEvents {
            guard let arguments = event.args, arguments.entry == program.name, let step = arguments.step else { continue }
            guard program.steps.indices.contains(step), program.steps[step].kernel == arguments.kernel else {
                throw Diagnostic(
                    "view.other-plan", file, "the profile is of another plan",
                    expected: program.steps.indices.contains(step) ? program.steps[step].kernel : "\(program.steps.count) steps",
                    found: "step \(step) of \(program.name) with kernel \(arguments.kernel ?? "none")")
            }
            guard let microseconds = event.dur, microseconds.isFinite, microseconds >= 0 else { continue }
            threads[event.tid ?? 0, default: [Double](repeating: 0, count: program.steps.count)][step] += microseconds * 1e-6
        }
        guard !threads.isEmpty else { return nil }
        let count = Double(max(1, runs))
        runs = max(1, runs)
        total = program.steps.indices.map { step in threads.values.reduce(0) { $0 + $1[step] } / count }
        longest = program.steps.indices.map { step in (threads.values.map { $0[step] }.max() ?? 0) / count }
    }
}
