import Foundation
import Testing

/// Places that cannot be written to, and places where something else would be lost.
@Suite struct OutputRefusalTests {
    /// Runs all commands that write, with a place for each to write to.
    private func commands(_ place: String, data: String) throws -> [(tool: Tool, arguments: [String])] {
        let plan = try Fixtures.sentimentPlan()
        let golden = Fixtures.golden("mosi_small.safetensors")
        return [
            (.dgc, ["compile", Fixtures.golden("mosi_small.json"), "-o", place]),
            (.dgrun, ["train", plan, "--data", data, "--out", place, "--epochs", "1"]),
            (.dgrun, ["run", plan, "--entry", "loss", "--in", golden, "--out", place]),
            (.dgrun, ["synthetic", "--out", place]),
        ]
    }

    private func expectRefused(
        _ place: String, _ mention: String, at location: SourceLocation = #_sourceLocation
    ) throws {
        for (tool, arguments) in try commands(place, data: Fixtures.sentimentData()) {
            let outcome = try run(tool, arguments)
            #expect(!outcome.isSignal && outcome.status == 2, outcome.summary, sourceLocation: location)
            #expect(outcome.errorLines.count == 1, outcome.summary, sourceLocation: location)
            #expect(outcome.output.isEmpty, outcome.summary, sourceLocation: location)
            #expect(outcome.errors.contains("]: \(place): "), outcome.summary, sourceLocation: location)
            #expect(outcome.errors.contains(mention), outcome.summary, sourceLocation: location)
        }
    }

    @Test func foldersThatDoNotExistAreNotMade() throws {
        let folder = try TemporaryFolder()
        try expectRefused(folder.path("none/deep/result"), "No such file or directory")
        #expect(try folder.names == [])
    }

    @Test func placesBelowAFileAreRefused() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("text", as: "file")
        try expectRefused("\(file)/result", "Not a directory")
        #expect(try folder.names == ["file"])
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "text")
    }

    #if os(Linux)
        /// Not even the superuser writes there.
        @Test func readOnlyPlacesAreRefused() throws {
            try expectRefused("/proc/result", "No such file or directory")
            try expectRefused("/proc/self/result", "No such file or directory")
        }
    #endif

    @Test func foreignFoldersAreNotReplaced() throws {
        let folder = try TemporaryFolder()
        let graph = try folder.write(Fixtures.graphText, as: "a.dg")
        for (name, file) in [("mine", "notes.txt"), ("extension", "manifest.json"), ("mixed", "kernels.c")] {
            try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: false)
            _ = try folder.write("mine", as: "\(name)/\(file)")
        }
        _ = try folder.write("mine", as: "mixed/notes.txt")
        for name in ["mine", "extension", "mixed", "a.dg"] {
            let before = name == "a.dg" ? [] : try names(in: folder.path(name))
            try run(.dgc, "compile", graph, "-o", folder.path(name)).isRefused("plan.write", folder.path(name), "not a plan")
            #expect(try name == "a.dg" || names(in: folder.path(name)) == before)
        }
        #expect(try folder.names == ["a.dg", "extension", "mine", "mixed"])
        try run(.dgc, "compile", graph, "-o", ".", in: folder.root).isRefused("plan.write", "not a plan")
        try run(.dgc, "compile", graph, "-o", "").isRefused("plan.write", "NAME.plan")
    }

    @Test func wrongKindsOfPlacesAreRefused() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("folder"), withIntermediateDirectories: false)
        let file = try folder.write("text", as: "file")
        let commands = try commands(folder.path("folder"), data: Fixtures.sentimentData())
        try run(.dgrun, commands[2].arguments).isRefused("file.not-regular", "folder")
        try run(.dgrun, commands[3].arguments).isRefused("file.not-regular", "folder")
        let training = try self.commands(file, data: Fixtures.sentimentData())[1].arguments
        try run(.dgrun, training).isRefused("folder.not-folder", file)
        // A run that could not keep its weights does not start.
        try FileManager.default.createDirectory(atPath: folder.path("folder/best.safetensors"), withIntermediateDirectories: false)
        try run(.dgrun, commands[1].arguments).isRefused("file.not-regular", "folder/best.safetensors")
        #expect(try folder.names == ["file", "folder"] && names(in: folder.path("folder")) == ["best.safetensors"])
    }

    /// A limit on the size of files, which writing meets as it would meet a full disk.
    @Test func fullDiskLeavesNoHalfFiles() throws {
        let folder = try TemporaryFolder()
        let graph = try folder.write(Fixtures.graphText, as: "a.dg")
        func runLimited(_ tool: Tool, _ arguments: [String]) throws -> Outcome {
            let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""
            return try Launch("/bin/sh", ["-c", script, tool.path()] + arguments).wait()
        }
        let commands = try commands(folder.path("result"), data: Fixtures.sentimentData())
        try runLimited(.dgc, ["compile", graph, "-o", folder.path("a.plan")]).isRefused("plan.write", "a.plan", "File too large")
        try runLimited(.dgrun, commands[3].arguments).isRefused("file.unwritable", "result", "File too large")
        let gradients = try ["run", Fixtures.sentimentPlan(), "--entry", "grad", "--in", Fixtures.golden("mosi_small.safetensors")]
        try runLimited(.dgrun, gradients + ["--out", folder.path("result")]).isRefused("file.unwritable", "result", "File too large")
        #expect(try folder.names == ["a.dg"])
        let training = try runLimited(.dgrun, commands[1].arguments + ["--json"])
        training.isRefused("file.unwritable", "result/state.safetensors", "File too large")
        #expect(try folder.names == ["a.dg"])
    }
}
