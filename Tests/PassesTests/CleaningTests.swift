import Graph
import Passes
import Testing

/// Merging equal nodes, removing barriers and folding constants.
@Suite struct CleaningTests {
    @Test func equalNodesMerge() throws {
        try Graph.expect(
            """
            input %x : f32[]
            %a = exp %x : f32[]
            %b = exp %x : f32[]
            %c = add %a, %b : f32[]
            %d = add %b, %a : f32[]
            output c = %c
            output d = %d
            """,
            becomes: """
                input %x : f32[]
                %a = exp %x : f32[]
                %c = add %a, %a : f32[]
                output c = %c
                output d = %c
                """, CommonSubexpressions.pass)
    }

    @Test func zerosOfBothSignsStayApart() throws {
        let text = """
            input %x : f32[]
            %a = constant {value=0.0} : f32[]
            %b = constant {value=-0.0} : f32[]
            %c = divide %x, %a : f32[]
            %d = divide %x, %b : f32[]
            output c = %c
            output d = %d
            """
        try Graph.expect(text, becomes: text, CommonSubexpressions.pass)
        #expect(try CommonSubexpressions.pass.run(Graph.parsed(text)).run([Tensor(scalar: 1)]).map(\.scalar) == [.infinity, -.infinity])
    }

    @Test func randomStreamsStayApart() throws {
        let text = """
            input %key : i32[2]
            %a = random_uniform %key {stream=1} : f32[4]
            %b = random_uniform %key {stream=2} : f32[4]
            output a = %a
            output b = %b
            """
        try Graph.expect(text, becomes: text, CommonSubexpressions.pass)
    }

    @Test func barriersGo() throws {
        try Graph.expect(
            """
            input %x : f32[]
            %s = stop_gradient %x : f32[]
            %t = stop_gradient %s : f32[]
            %y = scan %t {count=3, carried=1, scanned=0, reverse=false} : f32[] {
              input %state : f32[]
              %n = stop_gradient %state : f32[]
              %next = exp %n : f32[]
              output state = %next
            }
            output y = %y
            output t = %t
            """,
            becomes: """
                input %x : f32[]
                %y = scan %x {count=3, carried=1, scanned=0, reverse=false} : f32[] {
                  input %state : f32[]
                  %next = exp %state : f32[]
                  output state = %next
                }
                output y = %y
                output t = %x
                """, StopGradients.pass)
    }

    @Test func constantsAreFolded() throws {
        let folded = try PassManager().run(
            [ConstantFolding.pass, DeadCode.pass],
            on: Graph.parsed(
                """
                %a = constant {value=0.1} : f32[3,1000]
                %b = constant {value=0.2} : f32[3,1000]
                %sum = add %a, %b : f32[3,1000]
                %dense = constant {value=[1.0, 2.0, -0.0]} : f32[3]
                %half = constant {value=0.5} : f32[3]
                %scaled = multiply %dense, %half : f32[3]
                %one = constant {value=1.0} : f32[3]
                %inverse = divide %one, %scaled : f32[3]
                %less = compare %dense, %half {kind=le} : bool[3]
                %moved = transpose %sum {permutation=[1,0]} : f32[1000,3]
                output sum = %sum
                output inverse = %inverse
                output less = %less
                output moved = %moved
                """)
        ).graph
        // The sum of the single-precision numbers, rounded once.
        let sum = Double(Float(0.1) + Float(0.2))
        let constants = folded.outputs.map { folded.definingNode(of: $0.value)?.op }
        #expect(folded.nodes.count == 4)
        #expect(constants == [
            .constant(TensorType(.f32, [3, 1000]), .splat(sum)), .constant(TensorType(.f32, [3]), .dense([2, 1, -.infinity])),
            .constant(TensorType(.bool, [3]), .dense([0, 0, 1])), .constant(TensorType(.f32, [1000, 3]), .splat(sum)),
        ])
    }

    @Test func bigTablesStayComputations() throws {
        let numbers = (0..<65).map { "\($0).0" }.joined(separator: ", ")
        let text = """
            %table = constant {value=[\(numbers)]} : f32[65]
            %half = constant {value=0.5} : f32[65]
            %y = multiply %table, %half : f32[65]
            output y = %y
            """
        try Graph.expect(text, becomes: text, ConstantFolding.pass)
    }
}
