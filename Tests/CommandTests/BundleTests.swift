import Foundation
import Testing

/// `dgc bundle` and `dgc replay`: one file with which somebody else sees the same.
@Suite struct BundleTests {
    private static let bundle = Result {
        let path = try Fixtures.shared("affine.bundle")
        let source = try Fixtures.shared("affine.dg")
        try Fixtures.graphText.write(toFile: source, atomically: true, encoding: .utf8)
        try run(.dgc, "bundle", source, "-o", path, "--disable", "tile", "--seed", "7").succeeded()
        return path
    }

    /// The fixture's file with something replaced.
    private func changed(_ folder: TemporaryFolder, _ old: String, _ new: String) throws -> String {
        let text = try String(contentsOfFile: Self.bundle.get(), encoding: .utf8)
        try #require(text.contains(old) && old.utf8.count == new.utf8.count)
        let path = folder.path("changed.bundle")
        try text.replacingOccurrences(of: old, with: new).write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func theSameComesOfAGraph() throws {
        let outcome = try run(.dgc, "replay", Self.bundle.get()).succeeded()
        #expect(outcome.output.contains("seed 7, options --disable tile"))
        #expect(outcome.output.hasSuffix("stages: the same\nrun: affine, outputs: 2 of 2 have the same bits\n"), outcome.summary)
    }

    @Test func theSameComesOfAModelsPlanAndItsSource() throws {
        let folder = try TemporaryFolder()
        let plan = try Fixtures.sentimentPlan()
        let arguments = [[plan], [Fixtures.golden("mosi_small.json")]]
        for (index, source) in arguments.enumerated() {
            let file = folder.path("\(index).bundle")
            let quick = try Fixtures.quickCompiler()
            try run(.dgc, ["bundle"] + source + ["-o", file, "--entry", "loss"], environment: quick).succeeded()
            // Another compiler than that of the plan: what it rounds otherwise is no difference.
            let outcome = try run(.dgc, "replay", file, environment: quick).succeeded()
            #expect(outcome.output.contains("stages: the same\nrun: loss."), outcome.summary)
        }
    }

    @Test func anotherSourceIsADifference() throws {
        let folder = try TemporaryFolder()
        let text = try String(contentsOfFile: Self.bundle.get(), encoding: .utf8)
        // Only the source: the recorded stages stand behind it.
        let source = try #require(text.range(of: "%y = multiply"))
        let path = folder.path("changed.bundle")
        try text.replacingCharacters(in: source, with: "%y = subtract").write(toFile: path, atomically: true, encoding: .utf8)
        let outcome = try run(.dgc, "replay", path)
        #expect(outcome.status == 1, outcome.summary)
        #expect(outcome.output.contains("subtract") && outcome.output.contains("y: "), outcome.summary)
    }

    @Test func anOutputThatDiffersIsNamed() throws {
        let folder = try TemporaryFolder()
        let outcome = try run(.dgc, "replay", changed(folder, "\"nonFinite\" : 0", "\"nonFinite\" : 3"))
        #expect(outcome.status == 0, "the bits are the same: \(outcome.summary)")
        let file = try changed(folder, "\"seed\" : 7", "\"seed\" : 8")
        let other = try run(.dgc, "replay", file)
        #expect(other.status == 1, other.summary)
        #expect(other.output.contains("stages: the same\n") && other.output.contains("2 differ"), other.summary)
        #expect(other.output.contains("  y: "), other.summary)
    }

    @Test func inputsAreKeptAndWeightsAreNot() throws {
        let folder = try TemporaryFolder()
        var file = TensorFile()
        file.set("x", [4, 3], floats: (0..<12).map { Float($0) })
        file.set("w", [3], floats: [100, 200, 300])
        file.set("chosen", [2], integers: [3, 0])
        let input = try file.write(safetensors: folder.path("in"))
        let plan = try Fixtures.graphPlan()
        for (name, flags) in [("without", []), ("with", ["--with-weights"])] {
            let (path, kept) = (folder.path("\(name).bundle"), folder.path(name))
            try run(.dgc, ["bundle", plan, "-o", path, "--in", input] + flags).succeeded()
            try run(.dgc, "replay", path, "-o", kept).succeeded()
            let tensors = try TensorFile(safetensors: "\(kept)/inputs.safetensors")
            #expect(tensors.values("x") == (0..<12).map { Double($0) })
            #expect(tensors.values("w") == (flags.isEmpty ? nil : [100, 200, 300]))
            for stage in ["graph.dg", "kernels.dg", "program.dg", "source.dg", "replayed.plan"] {
                #expect(FileManager.default.fileExists(atPath: "\(kept)/\(stage)"), "\(stage)")
            }
        }
    }

    @Test func aRunThatFailsIsRecorded() throws {
        let folder = try TemporaryFolder()
        var file = TensorFile()
        file.set("x", [4, 3], floats: (0..<12).map { Float($0) })
        let (input, path) = (try file.write(safetensors: folder.path("in")), folder.path("failing.bundle"))
        let outcome = try run(.dgc, "bundle", Fixtures.graphPlan(), "-o", path, "--in", input)
        #expect(outcome.status == 1, outcome.summary)
        #expect(outcome.output.contains("that it ends with error[run.missing-input]"), outcome.summary)
        let again = try run(.dgc, "replay", path).succeeded()
        #expect(again.output.contains("ends with the same error: error[run.missing-input]"), again.summary)
    }

    @Test func damagedFilesAreRefused() throws {
        let folder = try TemporaryFolder()
        let text = try String(contentsOfFile: Self.bundle.get(), encoding: .utf8)
        let cases: [(id: String, text: String)] = [
            ("replay.header", "dg 1 graph\n"), ("replay.header", ""), ("replay.missing", "dg 1 bundle\n"),
            ("replay.section", String(text.prefix(text.count / 2))), ("replay.section", text + "--- "),
            ("replay.section", "dg 1 bundle\n--- description.json 9223372036854775807\n{}\n"),
            ("replay.section", "dg 1 bundle\n--- description.json -1\n{}\n"),
            ("replay.section", "dg 1 bundle\n--- ../description.json 2\n{}\n"),
            ("replay.section", text + text.dropFirst("dg 1 bundle\n".count)),
            ("replay.description", "dg 1 bundle\n--- description.json 2\n{}\n"),
            ("replay.description", text.replacingOccurrences(of: "\"seed\" : 7", with: "\"seed\" :-7")),
            ("replay.description", text.replacingOccurrences(of: "\"kind\" : \"graph\"", with: "\"kind\" : \"grape\"")),
            ("replay.option", text.replacingOccurrences(of: "\"tile\"", with: "\"tiel\"")),
            ("text.level", text.replacingOccurrences(of: "\ndg 1 graph", with: "\ndg 1 grape")),
        ]
        for (index, damage) in cases.enumerated() {
            let path = folder.path("\(index).bundle")
            try damage.text.write(toFile: path, atomically: true, encoding: .utf8)
            let outcome = try run(.dgc, "replay", path)
            #expect(!outcome.isSignal && outcome.status == 2, "case \(index): \(outcome.summary)")
            #expect(outcome.errors.contains("error[\(damage.id)]"), "case \(index): \(outcome.summary)")
        }
    }

    @Test func anExistingFolderIsNotTouched() throws {
        let folder = try TemporaryFolder()
        let outcome = try run(.dgc, "replay", Self.bundle.get(), "-o", folder.root)
        #expect(outcome.status == 2 && outcome.errors.contains("error[replay.output]"), outcome.summary)
        #expect(try folder.names == [])
    }
}
