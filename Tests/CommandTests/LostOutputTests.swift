import Foundation
import Testing

/// Commands whose output does not get to where it should go: on a full disk, or to a program that has ended.
@Suite struct LostOutputTests {
    /// Runs a command with a redirection of the shell.
    private func run(_ tool: Tool, _ arguments: [String], redirected redirection: String) throws -> Outcome {
        try Launch("/bin/sh", ["-c", "exec \"$0\" \"$@\" \(redirection)", try tool.path()] + arguments).wait()
    }

    @Test func aFullDiskIsNoSuccess() throws {
        let plan = try Fixtures.graphPlan()
        let commands: [(Tool, [String])] = [
            (.dgc, ["dump", plan]), (.dgc, ["passes"]), (.dgc, ["--help"]), (.dgc, ["help", "--list"]), (.dgc, ["diff", plan, plan]),
            (.dgc, ["compare", plan, plan, "--json"]), (.dgrun, ["doctor"]), (.dgrun, ["bench", plan, "--iterations", "1"]),
            (.dgrun, ["verify", plan, "--steps", "1", "--rounds", "1"]), (.dgrun, ["data", try Fixtures.emotionData()]),
        ]
        for (tool, arguments) in commands {
            try run(tool, arguments, redirected: ">/dev/full").isRefused("output.lost", "standard output")
        }
    }

    /// A report that was lost must not look like a difference that was found, nor like none.
    @Test func aLostFindingIsAnErrorToo() throws {
        let folder = try TemporaryFolder()
        let texts = ["affine", "other"].map { Fixtures.graphText.replacingOccurrences(of: "@affine", with: "@\($0)") }
        let files = try texts.enumerated().map { try folder.write($1, as: "\($0).dg") }
        try run(.dgc, ["diff"] + files, redirected: ">/dev/full").isRefused("output.lost")
    }

    /// The signal that says so ends a command at once, unless it is ignored, as services do.
    @Test(arguments: [true, false]) func aReaderThatHasEndedIsNoticed(_ isIgnored: Bool) throws {
        let folder = try TemporaryFolder()
        // A pipe that is open only for writing.
        let script = "\(isIgnored ? "trap '' PIPE; " : "")mkfifo pipe; exec 3<>pipe 4>pipe 3<&-; exec \"$0\" passes >&4"
        let outcome = try Launch("/bin/sh", ["-c", script, Tool.dgc.path()], in: folder.root).wait()
        if isIgnored { return outcome.isRefused("output.lost") }
        #expect(outcome.isSignal && outcome.status == SIGPIPE, outcome.summary)
    }

    /// What is trained is worth more than what is said of it.
    @Test(arguments: [">/dev/full", ">/dev/full 2>&1", ">&- 2>&-"])
    func aTrainingGoesOn(_ redirection: String) throws {
        let folder = try TemporaryFolder()
        let training = TrainingRun(path: folder.path("run"))
        let arguments = try TrainingRun.emotionArguments(training.path) + ["--epochs", "2"]
        let outcome = try run(.dgrun, arguments, redirected: redirection)
        #expect(!outcome.isSignal && outcome.status == 2, outcome.summary)
        #expect(try names(in: training.path) == TrainingRun.files)
    }
}
