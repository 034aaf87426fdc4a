import Foundation
import Testing

/// `--profile`: a Chrome trace with every step of some runs on every thread that has worked on it.
@Suite struct ProfileTests {
    private struct Trace {
        let events: [[String: Any]]

        init(_ path: String) throws {
            let document = try JSONText(String(contentsOfFile: path, encoding: .utf8))
            events = try #require(document.members["traceEvents"] as? [[String: Any]])
        }

        func complete(_ category: String) -> [[String: Any]] {
            events.filter { $0["ph"] as? String == "X" && $0["cat"] as? String == category }
        }

        /// What is neither a wait nor a whole run.
        var steps: [[String: Any]] {
            events.filter { $0["ph"] as? String == "X" && !["entry", "wait"].contains($0["cat"] as? String ?? "") }
        }

        func names(_ kind: String) -> [String] {
            events.filter { $0["name"] as? String == kind }.compactMap { ($0["args"] as? [String: Any])?["name"] as? String }
        }
    }

    private func number(_ event: [String: Any], _ key: String) -> Double { (event[key] as? NSNumber)?.doubleValue ?? .nan }

    private func argument(_ event: [String: Any], _ key: String) -> Any? { (event["args"] as? [String: Any])?[key] }

    /// - Parameter runs: of one entry.
    private func check(_ trace: Trace, entry: String, runs: Int, steps: Int, threads: Int) throws {
        #expect(trace.names("thread_name").sorted() == ["entries"] + (0..<threads).map { "thread \($0)" })
        let whole = trace.complete("entry")
        #expect(whole.count == runs && whole.allSatisfy { $0["name"] as? String == entry })
        let numbers = Set(trace.steps.compactMap { (argument($0, "step") as? NSNumber)?.intValue })
        #expect(numbers == Set(0..<steps))
        #expect(trace.steps.count >= runs * steps && trace.steps.count <= runs * steps * threads)
        for event in trace.steps {
            #expect(event["cat"] as? String == argument(event, "kernel") as? String)
            #expect(argument(event, "entry") as? String == entry)
            #expect(number(event, "tid") < Double(threads) && number(event, "dur") > 0)
            let (start, end) = (number(event, "ts"), number(event, "ts") + number(event, "dur"))
            // Microseconds have three digits.
            #expect(whole.contains { start >= number($0, "ts") - 0.01 && end <= number($0, "ts") + number($0, "dur") + 0.01 })
        }
    }

    private func stepCount(_ plan: String, _ program: String) throws -> Int {
        let text = try run(.dgc, "dump", plan, "--stage", "program").succeeded().output
        let lines = text.split(separator: "\n").drop { !$0.hasPrefix("program @\(program) ") }.dropFirst()
        return lines.prefix { !$0.hasPrefix("program") }.filter { $0.hasPrefix("  step ") }.count
    }

    @Test(arguments: [1, 2]) func runShowsEveryStep(_ threads: Int) throws {
        let folder = try TemporaryFolder()
        let plan = try Fixtures.sentimentPlan()
        let arguments = [
            "run", plan, "--entry", "train", "--in", Fixtures.golden("mosi_small.safetensors"), "--threads", "\(threads)",
            "--steps", "6",
        ]
        try run(.dgrun, arguments + ["--out", folder.path("plain")]).succeeded()
        try run(.dgrun, arguments + ["--out", folder.path("timed"), "--profile", folder.path("p.json"), "--profile-steps", "3"])
            .succeeded()
        #expect(try contents(folder.path("plain")) == contents(folder.path("timed")))
        let trace = try Trace(folder.path("p.json"))
        #expect(trace.names("process_name") == ["dgrun run \(plan)"])
        try check(trace, entry: "train.8", runs: 3, steps: stepCount(plan, "train.8"), threads: threads)
        #expect(trace.complete("entry").compactMap { (argument($0, "run") as? NSNumber)?.intValue } == [2, 3, 4])
        #expect(!trace.complete("wait").isEmpty)
    }

    @Test func aSingleRunIsShown() throws {
        let folder = try TemporaryFolder()
        try run(
            .dgrun, "run", Fixtures.sentimentPlan(), "--entry", "infer", "--in", Fixtures.golden("mosi_small.safetensors"),
            "--out", folder.path("b"), "--profile", folder.path("p.json"), "--threads", "1"
        ).succeeded()
        let steps = try stepCount(Fixtures.sentimentPlan(), "infer.8")
        try check(Trace(folder.path("p.json")), entry: "infer.8", runs: 1, steps: steps, threads: 1)
    }

    @Test func trainingShowsSomeSteps() throws {
        let folder = try TemporaryFolder()
        try run(
            .dgrun, "train", Fixtures.sentimentPlan(), "--data", Fixtures.sentimentData(), "--out", folder.path("run"),
            "--epochs", "1", "--threads", "2", "--profile", folder.path("p.json"), "--profile-steps", "1"
        ).succeeded()
        let steps = try stepCount(Fixtures.sentimentPlan(), "train.8")
        try check(Trace(folder.path("p.json")), entry: "train.8", runs: 1, steps: steps, threads: 2)
        #expect(try folder.names == ["p.json", "run"])
    }

    @Test func mistakesAreRefusedBeforeAnythingRuns() throws {
        let folder = try TemporaryFolder()
        let arguments = try [
            "run", Fixtures.sentimentPlan(), "--entry", "loss", "--in", Fixtures.golden("mosi_small.safetensors"), "--out",
            folder.path("b"), "--profile",
        ]
        try run(.dgrun, arguments + [folder.path("none/p.json")]).isRefused("file.unwritable", "none/p.json")
        try run(.dgrun, arguments + [folder.path("p.json"), "--profile-steps", "0"])
            .isRefused("arguments.range", "--profile-steps", "found 0")
        #expect(try folder.names == [])
    }
}
