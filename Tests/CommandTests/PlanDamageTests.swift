import Foundation
import Testing

/// Plans that are not whole, not unchanged or not for this machine are refused by every command that opens plans.
@Suite struct PlanDamageTests {
    /// Opens a plan in two ways: to run it and to print it.
    private func expectRefused(_ plan: String, _ id: String, _ mentions: String...) throws {
        try run(.dgrun, "bench", plan, "--iterations", "1").isRefused(id, mentions: mentions)
        try run(.dgc, "dump", plan, "--stage", "program").isRefused(id, mentions: mentions)
    }

    @Test(arguments: PlanCopy.files) func missingFileIsNamed(_ file: String) throws {
        let copy = try PlanCopy(of: Fixtures.sentimentPlan(), in: TemporaryFolder())
        try FileManager.default.removeItem(atPath: copy.file(file))
        try expectRefused(copy.path, "plan.incomplete", copy.file(file), "dgc compile")
    }

    @Test(arguments: PlanCopy.files, [0, 1, 1000]) func cutFileIsNamed(_ file: String, _ count: Int) throws {
        let copy = try PlanCopy(of: Fixtures.sentimentPlan(), in: TemporaryFolder())
        try contents(copy.file(file)).prefix(count).write(to: URL(fileURLWithPath: copy.file(file)))
        try expectRefused(copy.path, file == "manifest.json" ? "plan.manifest" : "plan.hash", copy.file(file))
    }

    @Test(arguments: PlanCopy.files) func fileWithoutItsEndIsNamed(_ file: String) throws {
        let copy = try PlanCopy(of: Fixtures.sentimentPlan(), in: TemporaryFolder())
        try contents(copy.file(file)).dropLast(2).write(to: URL(fileURLWithPath: copy.file(file)))
        try expectRefused(copy.path, file == "manifest.json" ? "plan.manifest" : "plan.hash", copy.file(file))
    }

    /// One bit in the middle of a file; most of the manifest is for people.
    @Test(arguments: ["program.dg", "kernels.c", "kernels.so"]) func changedFileIsNamed(_ file: String) throws {
        let copy = try PlanCopy(of: Fixtures.sentimentPlan(), in: TemporaryFolder())
        var bytes = try contents(copy.file(file))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: copy.file(file)))
        try expectRefused(copy.path, "plan.hash", copy.file(file), "fingerprint")
    }

    @Test(arguments: PlanCopy.files) func fileOfAnotherPlanIsNamed(_ file: String) throws {
        let copy = try PlanCopy(of: Fixtures.sentimentPlan(), in: TemporaryFolder())
        try contents("\(Fixtures.graphPlan())/\(file)").write(to: URL(fileURLWithPath: copy.file(file)))
        try expectRefused(copy.path, "plan.hash", file == "manifest.json" ? copy.path : copy.file(file))
    }

    @Test(arguments: ["program.dg", "kernels.so", "manifest.json"]) func linksAndPipesAreNamed(_ file: String) throws {
        let folder = try TemporaryFolder()
        let copy = try PlanCopy(of: Fixtures.sentimentPlan(), in: folder)
        try FileManager.default.moveItem(atPath: copy.file(file), toPath: folder.path("elsewhere"))
        try FileManager.default.createSymbolicLink(atPath: copy.file(file), withDestinationPath: folder.path("elsewhere"))
        try expectRefused(copy.path, "plan.file-kind", copy.file(file), "a symbolic link")
        try FileManager.default.removeItem(atPath: copy.file(file))
        try #require(mkfifo(copy.file(file), 0o600) == 0)
        try expectRefused(copy.path, "plan.file-kind", copy.file(file), "pipe")
    }

    @Test func folderInPlaceOfAFileIsNamed() throws {
        let copy = try PlanCopy(of: Fixtures.graphPlan(), in: TemporaryFolder())
        try FileManager.default.removeItem(atPath: copy.file("kernels.so"))
        try FileManager.default.createDirectory(atPath: copy.file("kernels.so"), withIntermediateDirectories: false)
        try expectRefused(copy.path, "plan.incomplete", copy.file("kernels.so"))
    }

    @Test func planThatIsNoneIsNamed() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("{}", as: "a.plan")
        try run(.dgrun, "bench", file).isRefused("plan.not-folder", file, "dgc compile")
        try run(.dgrun, "bench", folder.path("b.plan")).isRefused("plan.missing", "b.plan")
        try expectRefused(folder.root, "plan.incomplete", "manifest.json")
    }

    // MARK: The manifest

    private struct Edit: Sendable {
        var keys: [String]
        /// JSON; nil removes the member.
        var value: String?
        var id: String
        var mentions: [String]
    }

    private static let edits: [Edit] = [
        Edit(keys: ["format"], value: "2", id: "plan.format", mentions: ["compile it again", "expected 1", "found 2"]),
        Edit(keys: ["format"], value: nil, id: "plan.manifest", mentions: ["format is missing"]),
        Edit(keys: ["format"], value: "\"one\"", id: "plan.manifest", mentions: ["wrong type at format"]),
        Edit(
            keys: ["target", "architecture"], value: "\"riscv64\"",
            id: "plan.processor", mentions: ["riscv64", "compile it here"]),
        Edit(
            keys: ["target", "features", "0"], value: "\"avx999\"",
            id: "plan.processor", mentions: ["avx999", "compile it here"]),
        Edit(keys: ["entries", "0"], value: nil, id: "plan.entries", mentions: ["infer.8"]),
        Edit(keys: ["entries", "0", "kind"], value: "\"guess\"", id: "plan.manifest", mentions: ["entries.0.kind"]),
        Edit(keys: ["files"], value: "{}", id: "plan.hash", mentions: ["program.dg"]),
        Edit(
            keys: ["parameters", "0", "shape"], value: "[1073741824, 1073741824, 1073741824]",
            id: "plan.parameter", mentions: ["[16, 24, 1]"]),
        Edit(
            keys: ["parameters", "0", "shape"], value: "[-16, -24, 1]",
            id: "plan.parameter", mentions: ["[-16, -24, 1]"]),
        Edit(keys: ["parameters", "0", "name"], value: "\"none\"", id: "plan.parameter", mentions: ["none"]),
        Edit(
            keys: ["training", "featureWidths"], value: "[24]",
            id: "plan.training", mentions: ["training.featureWidths"]),
        Edit(
            keys: ["training", "sequenceLengths"], value: "[6, 6]",
            id: "plan.training", mentions: ["training.sequenceLengths"]),
        Edit(keys: ["training", "batchSize"], value: "0", id: "plan.training", mentions: ["training.batchSize"]),
        Edit(keys: ["training", "epochs"], value: "-1", id: "plan.training", mentions: ["training.epochs"]),
        Edit(
            keys: ["training", "clipPercentiles"], value: "[1]",
            id: "plan.training", mentions: ["training.clipPercentiles"]),
        Edit(
            keys: ["training", "selectionMetric"], value: "\"Luck\"",
            id: "plan.training", mentions: ["training.selectionMetric"]),
        Edit(
            keys: ["training", "selectionMode"], value: "\"middle\"",
            id: "plan.manifest", mentions: ["training.selectionMode"]),
    ]

    @Test(arguments: edits.indices) func editedManifestIsRefused(_ number: Int) throws {
        let edit = Self.edits[number]
        let copy = try PlanCopy(of: Fixtures.sentimentPlan(), in: TemporaryFolder())
        try copy.edit(edit.keys, to: edit.value)
        let arguments = ["train", copy.path, "--data", try Fixtures.sentimentData(), "--out", "\(copy.path).run"]
        let outcome = try run(.dgrun, arguments)
        outcome.isRefused(edit.id, mentions: edit.mentions + [copy.path])
        #expect(!FileManager.default.fileExists(atPath: "\(copy.path).run"))
    }

    // MARK: Stages that running does not need

    @Test(arguments: ["graph", "kernels"]) func damagedStageIsNamedWhereItIsRead(_ stage: String) throws {
        let copy = try PlanCopy(of: Fixtures.sentimentPlan(), in: TemporaryFolder())
        let file = copy.file("\(stage).dg")
        func expectRefused(_ id: String, _ mentions: String...) throws {
            try run(.dgc, "dump", copy.path, "--stage", stage).isRefused(id, mentions: mentions)
            try run(.dgc, "dump", copy.path, "--stage", "program").succeeded()
            try run(.dgrun, "bench", copy.path, "--iterations", "1").succeeded()
        }
        try contents("\(Fixtures.graphPlan())/\(stage).dg").write(to: URL(fileURLWithPath: file))
        try expectRefused("plan.hash", file, "fingerprint")
        // Somebody who also changes the manifest still meets the checks of the text.
        try copy.edit(["files", "\(stage).dg"], to: "\"\(PlanCopy.fingerprint(of: contents(file)))\"")
        try expectRefused("plan.entries", file, "infer.8", "affine")
        try FileManager.default.removeItem(atPath: file)
        try expectRefused("plan.incomplete", file, "dgc compile")
    }

    @Test(arguments: ["graph", "kernels"]) func planOfAnOlderCompilerLacksStages(_ stage: String) throws {
        let copy = try PlanCopy(of: Fixtures.sentimentPlan(), in: TemporaryFolder())
        for file in PlanCopy.stageFiles {
            try FileManager.default.removeItem(atPath: copy.file(file))
            try copy.edit(["files", file], to: nil)
        }
        try run(.dgc, "dump", copy.path, "--stage", stage).isRefused("plan.stage", copy.path, "\(stage).dg", "compile it again")
        try run(.dgrun, "bench", copy.path, "--iterations", "1").succeeded()
    }
}
