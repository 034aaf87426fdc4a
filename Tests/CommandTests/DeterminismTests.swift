import Foundation
import Testing

/// Training steps give the same bits on 1 to 16 threads, more than there are processors, and every time.
///
/// `DG_DETERMINISM` is a number of steps, for presets of full size, and of the quickest with each of the large passes left out; without it
/// a few steps of small models are compared. One after the other: each has more threads than there are processors.
@Suite(.serialized) struct DeterminismTests {
    private static let steps = ProcessInfo.processInfo.environment["DG_DETERMINISM"]

    /// A source, and options of the compiler.
    struct Case: CustomTestStringConvertible {
        let arguments: [String]
        var testDescription: String { arguments.joined(separator: " ") }

        init(_ arguments: String...) { self.arguments = arguments }
    }

    private static let large = [
        Case("mosi"), Case("mosei", "--batch", "16"), Case("sims", "--batch", "8"), Case("iemocap"),
        Case("iemocap", "--recompute", "100"), Case("iemocap", "--unfused"),
    ] + ["rematerialize", "tile", "batch", "rows", "join", "pairs"].map { Case("iemocap", "--disable", $0) }

    private static let small = [
        Case(Fixtures.golden("sims_small.json")), Case(Fixtures.golden("iemocap_small.json"), "--set", "relu_dropout=0.1"),
    ]

    @Test(arguments: steps == nil ? small : large)
    func trainingHasTheSameBits(_ item: Case) throws {
        let folder = try TemporaryFolder()
        let plan = folder.path("a.plan")
        let environment = Self.steps == nil ? try Fixtures.quickCompiler() : [:]
        try run(.dgc, ["compile"] + item.arguments + ["--entries", "train", "-o", plan], environment: environment).succeeded()
        let (steps, rounds) = (Self.steps ?? "4", Self.steps == nil ? "2" : "3")
        let arguments = ["verify", plan, "--entry", "train", "--steps", steps, "--rounds", rounds, "--most-operations", "0"]
        // With more threads than processors, those that spin at a barrier take the time from those that it waits for.
        let passive = ["OMP_WAIT_POLICY": "passive"]
        let output = try Launch(Tool.dgrun.path(), arguments, environment: passive, patience: 3600).wait().succeeded().output
        #expect(
            output.contains("bits")
                && output.contains("the same on 1, 2, 3, 4, 7, 8, 16 threads, \(rounds) times \(steps) runs in a row"), "\(output)")
    }
}
