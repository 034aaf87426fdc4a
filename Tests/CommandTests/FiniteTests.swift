import Foundation
import Testing

/// `--check-finite`: the first number that is not finite, and what it comes from.
@Suite struct FiniteTests {
    /// `%middle` has memory of its own; `%masked` holds infinities that a constant asks for.
    private static let graph = """
        dg 1 graph

        graph @finite {
          input %x : f32[16,4]
          input %w : f32[4,3] parameter
          %zero = constant {value=0.0} : f32[16,4]
          %p = maximum %x, %zero : f32[16,4]
          %log = log %p : f32[16,4]
          %entropy/terms = multiply %p, %log : f32[16,4]
          %middle = dot %entropy/terms, %w {batch=[[],[]], contract=[[1],[0]]} : f32[16,3]
          %none = constant {value=-inf} : f32[16,3]
          %limit = constant {value=0.0} : f32[16,3]
          %keep = compare %middle, %limit {kind=lt} : bool[16,3]
          %masked = select %keep, %none, %middle : f32[16,3]
          %exp = exp %masked : f32[16,3]
          output exp = %exp
          output masked = %masked
        }

        """

    private static let plan = Result {
        let plan = try Fixtures.shared("finite.plan")
        let source = try Fixtures.shared("finite.dg")
        try graph.write(toFile: source, atomically: true, encoding: .utf8)
        try run(.dgc, "compile", source, "-o", plan).succeeded()
        return plan
    }

    private static let x = (0..<64).map { 0.5 + Float($0) / 32 }
    private static let w = (0..<12).map { Float($0 % 5) - 2 }

    /// - Parameters:
    ///   - x: other elements of the data.
    ///   - w: other elements of the parameter.
    private func check(x: [Int: Float] = [:], w: [Int: Float] = [:], threads: Int, in folder: TemporaryFolder) throws -> Outcome {
        var file = TensorFile()
        file.set("x", [16, 4], floats: Self.x.enumerated().map { x[$0.offset] ?? $0.element })
        file.set("w", [4, 3], floats: Self.w.enumerated().map { w[$0.offset] ?? $0.element })
        return try run(
            .dgrun, "run", Self.plan.get(), "--in", file.write(safetensors: folder.path("in")), "--out", folder.path("out"),
            "--threads", "\(threads)", "--check-finite")
    }

    private func expectFound(
        _ outcome: Outcome, _ id: String, _ mentions: String..., at location: SourceLocation = #_sourceLocation
    ) {
        #expect(!outcome.isSignal && outcome.status == 1 && outcome.output.isEmpty, outcome.summary, sourceLocation: location)
        #expect(outcome.errors.hasPrefix("found[\(id)]: "), outcome.summary, sourceLocation: location)
        for mention in mentions {
            #expect(outcome.errors.contains(mention), "no word of \(mention): \(outcome.summary)", sourceLocation: location)
        }
    }

    @Test(arguments: [1, 2, 3]) func infinitiesThatAConstantAsksForAreNoMistake(_ threads: Int) throws {
        let folder = try TemporaryFolder()
        try check(threads: threads, in: folder).succeeded()
        let masked = try #require(TensorFile(safetensors: folder.path("out")).values("masked"))
        #expect(masked.contains(-.infinity) && masked.contains { $0.isFinite })
    }

    @Test(arguments: [1, 2, 3]) func theLogarithmOfZeroIsNamed(_ threads: Int) throws {
        let folder = try TemporaryFolder()
        let outcome = try check(x: [34: 0, 35: -1], threads: threads, in: folder)
        expectFound(
            outcome, "finite.computed", "entropy/terms : f32[16,4]", "2 NaN and 0 infinite of 64 elements", "nan at [8, 2]",
            "step 0 of finite, epoch 0, run 1", "reads x : f32[16,4], data, input 0: -1.0 … 2.46875",
            "made inside the kernel by log: log is -inf at [8, 2]", "there p is 0.0")
        #expect(try folder.names == ["in"])
    }

    @Test(arguments: [1, 2]) func aSpoiledParameterIsNamed(_ threads: Int) throws {
        let folder = try TemporaryFolder()
        for (value, name) in [(Float.nan, "1 NaN and 0 infinite"), (.infinity, "0 NaN and 1 infinite")] {
            let outcome = try check(w: [4: value], threads: threads, in: folder)
            expectFound(
                outcome, "finite.input", "w : f32[4,3]", "parameter, input 1", "\(name) of 12 elements", "\(value) at [1, 1]",
                "the first value that it spoils is middle : f32[16,3]", "reads entropy/terms : f32[16,4], computed: -")
        }
    }

    /// The infinity goes through a value with memory before an output has it.
    @Test func infiniteDataAreNamedWhereTheyReachAnOutput() throws {
        let folder = try TemporaryFolder()
        let outcome = try check(x: [7: .infinity], threads: 2, in: folder)
        expectFound(outcome, "finite.input", "x : f32[16,4]", "data, input 0", "0 NaN and 1 infinite of 64", "inf at [1, 3]")
    }

    @Test func infiniteDataThatVanishAreNoMistake() throws {
        let folder = try TemporaryFolder()
        let text = """
            dg 1 graph

            graph @mask {
              input %x : f32[8,8]
              input %mask : f32[8,8]
              %masked = add %x, %mask : f32[8,8]
              %top = reduce %masked {kind=maximum, axes=[1]} : f32[8]
              %wide = broadcast %top {axes=[0]} : f32[8,8]
              %shifted = subtract %masked, %wide : f32[8,8]
              %exp = exp %shifted : f32[8,8]
              output exp = %exp
            }

            """
        let plan = folder.path("plan")
        let options = ["--unfused", "-o", plan]
        try run(.dgc, ["compile", folder.write(text, as: "mask.dg")] + options, environment: Fixtures.quickCompiler()).succeeded()
        var file = TensorFile()
        file.set("x", [8, 8], floats: [Float](repeating: 1, count: 64))
        var mask = (0..<64).map { $0 % 8 > $0 / 8 ? -Float.infinity : 0 }
        file.set("mask", [8, 8], floats: mask)
        let arguments = try ["run", plan, "--in", file.write(safetensors: folder.path("in")), "--out", folder.path("out")]
        try run(.dgrun, arguments + ["--check-finite", "--steps", "3"]).succeeded()
        // A row of which nothing is left.
        for column in 0..<8 { mask[column] = -.infinity }
        file.set("mask", [8, 8], floats: mask)
        _ = try file.write(safetensors: folder.path("in"))
        expectFound(
            try run(.dgrun, arguments + ["--check-finite"]), "finite.input", "mask : f32[8,8]", "29 infinite of 64 elements",
            "the first value that it spoils is shifted : f32[8,8], nan at [0, 0]")
    }

    // MARK: Models

    private func trainStep(_ folder: TemporaryFolder, _ output: String, _ options: String...) throws -> Outcome {
        let arguments = try [
            "run", Fixtures.sentimentPlan(), "--entry", "train", "--in", Fixtures.golden("mosi_small.safetensors"),
            "--out", folder.path(output),
        ]
        return try run(.dgrun, arguments + options)
    }

    @Test func stepsThatDivergeAreFoundWhereTheyBegin() throws {
        let folder = try TemporaryFolder()
        var messages: Set<String> = []
        for threads in ["1", "2", "3"] {
            let outcome = try trainStep(
                folder, "out", "--check-finite", "--threads", threads, "--learning-rate", "1e30", "--steps", "5")
            expectFound(outcome, "finite.computed", "of train.8", "run 2:", "reads ")
            messages.insert(outcome.errors)
        }
        #expect(messages.count == 1)
    }

    @Test func theCheckChangesNoBit() throws {
        let folder = try TemporaryFolder()
        try trainStep(folder, "plain", "--steps", "20").succeeded()
        try trainStep(folder, "checked", "--steps", "20", "--check-finite").succeeded()
        #expect(try contents(folder.path("plain")) == contents(folder.path("checked")))
        let arguments = try ["train", Fixtures.sentimentPlan(), "--data", Fixtures.sentimentData(), "--epochs", "3", "--quiet"]
        try run(.dgrun, arguments + ["--out", folder.path("a")]).succeeded()
        try run(.dgrun, arguments + ["--out", folder.path("b"), "--check-finite"]).succeeded()
        #expect(try contents(folder.path("a/last.safetensors")) == contents(folder.path("b/last.safetensors")))
    }

    @Test func trainingAndEvaluationAreChecked() throws {
        let folder = try TemporaryFolder()
        let (plan, data) = try (Fixtures.sentimentPlan(), Fixtures.sentimentData())
        var weights = try TensorFile(safetensors: Fixtures.golden("mosi_small.safetensors")).dropping(prefix: "param.")
        weights.set("out_layer.bias", [1], floats: [1e30])
        var file = try weights.write(safetensors: folder.path("large"))
        expectFound(
            try run(.dgrun, "train", plan, "--data", data, "--out", folder.path("run"), "--init", file, "--check-finite"),
            "finite.computed", "of train.8", "run 1:")
        weights.set("out_layer.bias", [1], floats: [.nan])
        file = try weights.write(safetensors: folder.path("spoiled"))
        expectFound(
            try run(.dgrun, "eval", plan, "--data", data, "--weights", file, "--check-finite"), "finite.input",
            "out_layer.bias : f32[1]", "parameter, input", "of loss.8")
    }

    @Test func profilesAreNotOfCheckedRuns() throws {
        let folder = try TemporaryFolder()
        try trainStep(folder, "out", "--check-finite", "--profile", folder.path("p")).isRefused("arguments.option", "--profile")
    }

    /// A loop is one kernel: the iteration and the operation of its body are named.
    @Test func anOperationInsideALoopIsNamed() throws {
        let folder = try TemporaryFolder()
        let source = try folder.write(
            """
            dg 1 graph

            graph @loop {
              input %start : f32[3]
              input %step : f32[3]
              %last = scan %start, %step {count=6, carried=1, scanned=0, reverse=false} : f32[3] {
                input %value : f32[3]
                input %less : f32[3]
                %next = subtract %value, %less : f32[3]
                %log = log %next : f32[3]
                %zero = multiply %log, %less : f32[3]
                %rest = multiply %zero, %zero : f32[3]
                %product = multiply %rest, %less : f32[3]
                %nothing = subtract %product, %product : f32[3]
                %result = add %next, %nothing : f32[3]
                output value = %result
              }
              output last = %last
            }

            """, as: "loop.dg")
        let plan = folder.path("loop.plan")
        try run(.dgc, "compile", source, "-o", plan).succeeded()
        var file = TensorFile()
        file.set("start", [3], floats: [10, 3, 20])
        file.set("step", [3], floats: [1, 1, 1])
        let outcome = try run(
            .dgrun, "run", plan, "--in", file.write(safetensors: folder.path("in")), "--out", folder.path("out"), "--check-finite")
        expectFound(outcome, "finite.computed", "made in iteration 2 of 6 of the loop of last by log: log is -inf at [1]", "there next is 0.0")
    }
}
