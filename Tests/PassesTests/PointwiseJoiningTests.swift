import Graph
import Passes
import Testing

/// Which pointwise kernels become one loop, and why others stay apart.
@Suite struct PointwiseJoiningTests {
    private static func kernels(_ body: String, joined: Bool = true) throws -> KernelGraph {
        var options = PlanCompiler.Options()
        if !joined { options.disabled = [PointwiseJoining.pass.name] }
        let kernels = try PlanCompiler(options: options).kernels(of: Graph.parsed(body))
        try KernelGraphVerifier.verify(kernels)
        return kernels
    }

    /// Kernels as their results, in order.
    private static func results(_ kernels: KernelGraph) -> [String] {
        kernels.kernels.map { $0.results.map(kernels.name).joined(separator: ", ") }
    }

    private static func decision(_ value: String, _ kernels: KernelGraph) -> String? {
        kernels.decisions.last { $0.value == value }.map { "\($0.outcome), \($0.reason)" }
    }

    private func expectApart(_ body: String, _ value: String, _ reason: String) throws {
        let (kernels, alone) = (try Self.kernels(body), try Self.kernels(body, joined: false))
        #expect(Self.results(kernels) == Self.results(alone))
        #expect(Self.decision(value, kernels) == "materialized, not joined: \(reason)")
    }

    // MARK: Joined

    private static let update = """
        input %p : f32[40] parameter
        input %m : f32[40] state
        input %v : f32[40] state
        input %g : f32[40]
        %shrunk = tanh %g : f32[40]
        %next_m = add %m, %shrunk : f32[40]
        %square = multiply %shrunk, %shrunk : f32[40]
        %next_v = maximum %v, %square : f32[40]
        %root = sqrt %next_v : f32[40]
        %step = divide %next_m, %root : f32[40]
        %next = subtract %p, %step : f32[40]
        output p = %next updates %p
        output m = %next_m updates %m
        output v = %next_v updates %v
        """

    @Test func anUpdateIsOneLoop() throws {
        let alone = try Self.kernels(Self.update, joined: false)
        #expect(Self.results(alone) == ["shrunk", "next_m", "next_v", "next"])
        let kernels = try Self.kernels(Self.update)
        let expected = """
              kernel %next_m, %next_v, %next = pointwise %g, %m, %v, %p {name=@next} : f32[40], f32[40], f32[40] {
                input %g : f32[40]
                input %m : f32[40]
                input %v : f32[40]
                input %p : f32[40]
                %shrunk = tanh %g : f32[40]
                %next_m = add %m, %shrunk : f32[40]
                %square = multiply %shrunk, %shrunk : f32[40]
                %next_v = maximum %v, %square : f32[40]
                %root = sqrt %next_v : f32[40]
                %step = divide %next_m, %root : f32[40]
                %next = subtract %p, %step : f32[40]
                output next_m = %next_m
                output next_v = %next_v
                output next = %next
              }
            """
        #expect(kernels.text.contains(expected), "\(kernels.text)")
        #expect(kernels.kernels.count == 1)
        #expect(Self.decision("shrunk", kernels) == "fused, part of the joined kernel next")
        #expect(Self.decision("next_m", kernels) == "materialized, part of the joined kernel next")
    }

    @Test func anUpdateNeedsNoMemoryAndNoCopy() throws {
        let entry = try PlanCompiler().compile([Graph.parsed(Self.update)]).entries[0]
        #expect(entry.program.steps.count == 1)
        #expect(entry.program.workspaceBytes == 0)
    }

    @Test func readersOfOneOperandAreOneLoop() throws {
        let kernels = try Self.kernels(
            """
            input %x : f32[6,50]
            %a = exp %x : f32[6,50]
            %b = tanh %x : f32[6,50]
            %is_large = compare %x, %a {kind=lt} : bool[6,50]
            output a = %a
            output b = %b
            output is_large = %is_large
            """)
        #expect(Self.results(kernels) == ["a, b, is_large"])
    }

    @Test func equalResultsAreStoredTwice() throws {
        let kernels = try Self.kernels(
            """
            input %x : f32[50]
            %y = exp %x : f32[50]
            output y = %y
            output again = %y
            """)
        #expect(Self.results(kernels) == ["y, again.output"])
    }

    @Test func longRowsMayBeReadAgain() throws {
        let kernels = try Self.kernels(
            """
            input %x : f32[6,50]
            input %bias : f32[50]
            %rows = broadcast %bias {axes=[1]} : f32[6,50]
            %a = add %x, %rows : f32[6,50]
            %b = tanh %a : f32[6,50]
            output a = %a
            output b = %b
            """)
        #expect(Self.results(kernels) == ["a, b"])
    }

    // MARK: Apart

    @Test func otherElementsMayNotBeThere() throws {
        try expectApart(
            """
            input %x : f32[40,40]
            %a = exp %x : f32[40,40]
            %turned = transpose %a {permutation=[1,0]} : f32[40,40]
            %b = add %turned, %x : f32[40,40]
            output a = %a
            output b = %b
            """, "b", "b reads a result elsewhere or through a view")
    }

    @Test func viewsOfAResultAreReadFromMemory() throws {
        try expectApart(
            """
            input %x : f32[8,8]
            %a = exp %x : f32[8,8]
            %flat = reshape %a : f32[64]
            %square = reshape %flat : f32[8,8]
            %b = add %square, %x : f32[8,8]
            output a = %a
            output b = %b
            """, "b", "b reads a result elsewhere or through a view")
    }

    @Test func noKernelWaits() throws {
        // The path over the sum leads out of a loop of both and back into it.
        try expectApart(
            """
            input %x : f32[40]
            %a = exp %x : f32[40]
            %sum = reduce %a {kind=sum, axes=[0]} : f32[]
            %all = broadcast %sum {axes=[]} : f32[40]
            %b = divide %a, %all : f32[40]
            output a = %a
            output b = %b
            """, "b", "a would have to wait")
    }

    @Test func updatesStayInPlace() throws {
        try expectApart(
            """
            input %p : f32[40,40] parameter
            input %x : f32[40,40]
            %next = add %p, %x : f32[40,40]
            %turned = transpose %p {permutation=[1,0]} : f32[40,40]
            %other = multiply %turned, %x : f32[40,40]
            output p = %next updates %p
            output other = %other
            """, "other", "p could not be updated in place")
    }

    @Test func loopsAreBounded() throws {
        let operations = (1...70).map { "%e\($0) = tanh %\($0 == 1 ? "x" : "e\($0 - 1)") : f32[40]" }
        try expectApart(
            "input %x : f32[40]\n" + operations.joined(separator: "\n")
                + "\n%y = exp %x : f32[40]\noutput e = %e70\noutput y = %y", "y", "the loop is large enough")
    }

    @Test func resultsAreBounded() throws {
        let operations = (1...9).map { "%c\($0) = constant {value=\($0)} : f32[40]\n%e\($0) = add %x, %c\($0) : f32[40]\noutput e\($0) = %e\($0)" }
        let lines = operations.joined(separator: "\n").split(separator: "\n").map(String.init)
        let body = lines.filter { !$0.hasPrefix("output") } + lines.filter { $0.hasPrefix("output") }
        let kernels = try Self.kernels("input %x : f32[40]\n" + body.joined(separator: "\n"))
        #expect(Self.results(kernels) == [(1...8).map { "e\($0)" }.joined(separator: ", "), "e9"])
        #expect(Self.decision("e9", kernels) == "materialized, not joined: more than 8 results")
    }

    @Test func shortRowsStayApart() throws {
        try expectApart(
            """
            input %x : f32[40,5]
            input %bias : f32[5]
            %rows = broadcast %bias {axes=[1]} : f32[40,5]
            %a = add %x, %rows : f32[40,5]
            %b = tanh %x : f32[40,5]
            output a = %a
            output b = %b
            """, "b", "rows are short")
    }

    @Test func otherShapesStayApart() throws {
        let body = """
            input %x : f32[40]
            %a = exp %x : f32[40]
            %part = slice %a {starts=[0], limits=[20], strides=[1]} : f32[20]
            %b = tanh %part : f32[20]
            output a = %a
            output b = %b
            """
        #expect(Self.results(try Self.kernels(body)) == ["a", "b"])
    }
}
