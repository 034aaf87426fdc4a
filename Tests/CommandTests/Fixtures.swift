import Foundation
import Testing

/// Plans and data that many tests read and none changes; each is made once, when it is first needed.
enum Fixtures {
    /// A model in a golden file, and what its authors' program computes.
    static func golden(_ file: String) -> String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.appendingPathComponent("Golden/models/\(file)").path
    }

    static let goldenModels = [
        "mosi_small", "iemocap_small", "masked_small", "selfattn_small", "sims_small", "sumcost_small", "two_modalities",
        "fewer_than_k",
    ]

    /// `mosi_small`, compiled as a user would.
    static func sentimentPlan() throws -> String { try sentimentPlanResult.get() }

    static func sentimentData() throws -> String { try sentimentDataResult.get() }

    /// `iemocap_small` with dropout and balanced classes, for the batches of `emotionData`.
    static func emotionPlan() throws -> String { try emotionPlanResult.get() }

    static func emotionData() throws -> String { try emotionDataResult.get() }

    /// The plan of a plain graph.
    static func graphPlan() throws -> String { try graphPlanResult.get() }

    static let graphText = """
        dg 1 graph

        graph @affine {
          input %x : f32[4,3]
          input %w : f32[3] parameter
          input %chosen : i32[2]
          %wide = broadcast %w {axes=[1]} : f32[4,3]
          %y = multiply %x, %wide : f32[4,3]
          %rows = gather %y, %chosen : f32[2,3]
          output y = %y
          output rows = %rows
        }

        """

    /// The path of a file that lives as long as the plans here.
    static func shared(_ name: String) throws -> String { try folder.get().path(name) }

    // MARK: Making them

    /// Never deallocated, so that it has to be removed by hand.
    private static let folder = Result {
        let folder = try TemporaryFolder()
        removedAtExit = strdup(folder.root)
        atexit {
            guard let path = Fixtures.removedAtExit else { return }
            try? FileManager.default.removeItem(atPath: String(cString: path))
        }
        return folder
    }

    nonisolated(unsafe) private static var removedAtExit: UnsafeMutablePointer<CChar>?

    private static let sentimentPlanResult = Result {
        let plan = try folder.get().path("sentiment.plan")
        try run(.dgc, "compile", golden("mosi_small.json"), "-o", plan).succeeded()
        return plan
    }

    private static let sentimentDataResult = Result { try SampleData.sentiment(to: folder.get().path("sentiment.npz")) }

    private static let emotionPlanResult = Result {
        let plan = try folder.get().path("emotion.plan")
        try run(
            .dgc, "compile", golden("iemocap_small.json"), "--data", emotionData(), "--set", "relu_dropout=0.1", "--set",
            "class_weight=balanced", "-o", plan, environment: quickCompiler()
        ).succeeded()
        return plan
    }

    private static let emotionDataResult = Result { try SampleData.emotions(to: folder.get().path("emotion.npz")) }

    private static let graphPlanResult = Result {
        let plan = try folder.get().path("graph.plan")
        try run(.dgc, "compile", folder.get().write(graphText, as: "graph.dg"), "-o", plan).succeeded()
        return plan
    }

    /// The same C compiler without optimizations, which are most of a compilation's time.
    static func quickCompiler() throws -> [String: String] { try quickCompilerResult.get() }

    private static let quickCompilerResult = Result {
        let manifest = try JSONText(String(contentsOfFile: sentimentPlan() + "/manifest.json", encoding: .utf8))
        let compiler = (manifest.members["compiler"] as? [String: Any])?["path"] as? String ?? "cc"
        return ["DG_CC": try folder.get().writeScript("exec '\(compiler)' \"$@\" -O0", as: "quick-compiler")]
    }
}
