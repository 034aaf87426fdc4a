import Graph
import Passes
import Testing

/// What passes do to the bodies of loops.
@Suite struct LoopPassTests {
    private static func expect(_ before: String, becomes after: String, _ passes: [GraphPass]) throws {
        let found = try PassManager().run(passes, on: Graph.parsed(before)).graph
        #expect(Fingerprint(found) == Fingerprint(try Graph.parsed(after)), "\(found.text)")
    }

    // MARK: Sums

    /// A loop that returns its last state, and the sum that `%more` is added to in every iteration.
    private static func summing(_ more: String, entries: String = "") -> String {
        """
        input %x : f64[3]
        input %zero : f64[3,3]
        input %steps : f64[4,3]
        %last, %total\(entries.isEmpty ? "" : ", %trace") = scan %x, %zero, %x, %steps {count=4, carried=2, scanned=1, reverse=true} : f64[3], f64[3,3]\(entries.isEmpty ? "" : ", f64[4,3,3]") {
          input %state : f64[3]
          input %sum : f64[3,3]
          input %fixed : f64[3]
          input %step : f64[3]
          %next = multiply %state, %step : f64[3]
          \(more)
          output state = %next
          output sum = %added
        \(entries)
        }
        output last = %last
        output total = %total
        """
    }

    @Test func sumOfProductsBecomesAProduct() throws {
        try Self.expect(
            Self.summing(
                """
                %product = dot %next, %step {batch=[[],[]], contract=[[],[]]} : f64[3,3]
                  %added = add %sum, %product : f64[3,3]
                """),
            becomes: """
                input %x : f64[3]
                input %zero : f64[3,3]
                input %steps : f64[4,3]
                %last, %stacked = scan %x, %steps {count=4, carried=1, scanned=1, reverse=true} : f64[3], f64[4,3] {
                  input %state : f64[3]
                  input %step : f64[3]
                  %next = multiply %state, %step : f64[3]
                  output state = %next
                  output stacked.next = %next
                }
                %part = dot %stacked, %steps {batch=[[],[]], contract=[[0],[0]]} : f64[3,3]
                %total = add %zero, %part : f64[3,3]
                output last = %last
                output total = %total
                """, [LoopSums.pass, DeadCode.pass])
    }

    @Test(arguments: [
        // Something else than products, a second reader of the sum, and a factor that no iteration changes.
        """
        %product = dot %next, %step {batch=[[],[]], contract=[[],[]]} : f64[3,3]
          %more = exp %product : f64[3,3]
          %added = add %sum, %more : f64[3,3]
        """,
        """
        %product = dot %next, %step {batch=[[],[]], contract=[[],[]]} : f64[3,3]
          %more = add %sum, %product : f64[3,3]
          %added = add %more, %sum : f64[3,3]
        """,
        """
        %product = dot %next, %fixed {batch=[[],[]], contract=[[],[]]} : f64[3,3]
          %added = add %sum, %product : f64[3,3]
        """,
    ])
    func otherSumsStay(_ more: String) throws {
        let text = Self.summing(more)
        try Self.expect(text, becomes: text, [LoopSums.pass])
    }

    @Test func aSumThatIsStackedStays() throws {
        let text = Self.summing(
            """
            %product = dot %next, %step {batch=[[],[]], contract=[[],[]]} : f64[3,3]
              %added = add %sum, %product : f64[3,3]
            """, entries: "  output trace = %sum")
        try Self.expect(text, becomes: text, [LoopSums.pass])
    }

    @Test func transposedAndContractedProductsAreSummedToo() throws {
        let graph = try Graph.parsed(
            """
            input %x : f64[2,5]
            input %zero : f64[5,5]
            input %steps : f64[4,2,5]
            %last, %total = scan %x, %zero, %steps {count=4, carried=2, scanned=1, reverse=false} : f64[2,5], f64[5,5] {
              input %state : f64[2,5]
              input %sum : f64[5,5]
              input %step : f64[2,5]
              %next = multiply %state, %step : f64[2,5]
              %a = dot %next, %step {batch=[[],[]], contract=[[0],[0]]} : f64[5,5]
              %b = transpose %a {permutation=[1,0]} : f64[5,5]
              %c = dot %state, %step {batch=[[],[]], contract=[[0],[0]]} : f64[5,5]
              %d = add %b, %c : f64[5,5]
              %added = add %d, %sum : f64[5,5]
              output state = %next
              output sum = %added
            }
            output last = %last
            output total = %total
            """)
        let after = try PassManager().run([LoopSums.pass, DeadCode.pass], on: graph).graph
        #expect(after.scans() == [[1, 2]])
        var random = Random(seed: 5)
        let inputs = random.inputs(graph)
        for (found, expected) in zip(try after.run(inputs), try graph.run(inputs)) {
            #expect(found.relativeDistance(to: expected) < 1e-13)
        }
    }

    // MARK: Products, layouts, reciprocals and what does not change

    /// A loop of a state [2] and invariants, from its body.
    private static func loop(_ body: String, before: String = "", operands: String = "%m", inputs: String = "input %m : f64[3,5,2]") -> String {
        """
        input %x : f64[2]
        input %m : f64[3,5,2]
        \(before)
        %last = scan %x, \(operands) {count=4, carried=1, scanned=0, reverse=false} : f64[2] {
          input %state : f64[2]
          \(inputs)
          \(body)
          output state = %next
        }
        output last = %last
        """
    }

    private static let contraction = """
        %rows = dot %m, %state {batch=[[],[]], contract=[[2],[0]]} : f64[3,5]
          %next = dot %rows, %m {batch=[[],[]], contract=[[0,1],[0,1]]} : f64[2]
        """

    @Test func matricesAreLaidOutOnceBeforeTheLoop() throws {
        try Self.expect(
            Self.loop(Self.contraction),
            becomes: Self.loop(
                """
                %rows = dot %t, %state {batch=[[],[]], contract=[[0],[0]]} : f64[3,5]
                  %next = dot %rows, %t {batch=[[],[]], contract=[[0,1],[1,2]]} : f64[2]
                """, before: "%t = transpose %m {permutation=[2,0,1]} : f64[2,3,5]", operands: "%t", inputs: "input %t : f64[2,3,5]"),
            [LoopLayouts.pass, LoopInvariants.pass, DeadCode.pass])
    }

    @Test func productsWithMatricesKeepTheirLayout() throws {
        let text = Self.loop(
            """
            %both = dot %m, %state {batch=[[],[]], contract=[[],[]]} : f64[3,5,2,2]
              %next = reduce %both {kind=sum, axes=[0,1,2]} : f64[2]
            """)
        try Self.expect(text, becomes: text, [LoopLayouts.pass, LoopInvariants.pass])
    }

    @Test func transposedProductsSwapTheirOperands() throws {
        func body(_ product: String) -> String {
            Self.loop(
                """
                %rows = reduce %m {kind=sum, axes=[1,2]} : f64[3]
                  \(product)
                  %next = reduce %outer {kind=maximum, axes=[1]} : f64[2]
                """)
        }
        try Self.expect(
            body(
                """
                %product = dot %rows, %state {batch=[[],[]], contract=[[],[]]} : f64[3,2]
                  %outer = transpose %product {permutation=[1,0]} : f64[2,3]
                """),
            becomes: body("%outer = dot %state, %rows {batch=[[],[]], contract=[[],[]]} : f64[2,3]"), [LoopProducts.pass])
    }

    @Test func repeatedDivisorsAreInvertedOnce() throws {
        func body(_ quotient: String) -> String {
            Self.loop(
                """
                %divisor = exp %state : f64[2]
                  \(quotient)
                  %next = reduce %shares {kind=sum, axes=[0,1]} : f64[2]
                """)
        }
        try Self.expect(
            body(
                """
                %all = broadcast %divisor {axes=[2]} : f64[3,5,2]
                  %shares = divide %m, %all : f64[3,5,2]
                """),
            becomes: body(
                """
                %one = constant {value=1.0} : f64[2]
                  %inverse = divide %one, %divisor : f64[2]
                  %all = broadcast %inverse {axes=[2]} : f64[3,5,2]
                  %shares = multiply %m, %all : f64[3,5,2]
                """), [LoopReciprocals.pass])
    }

    @Test func whatDoesNotChangeMovesOutOfAllLoops() throws {
        let found = try LoopInvariants.pass.run(
            Graph.parsed(
                """
                input %x : f32[3]
                input %w : f32[3]
                %y = scan %x, %w {count=2, carried=1, scanned=0, reverse=false} : f32[3] {
                  input %outer : f32[3]
                  input %w : f32[3]
                  %inner = scan %outer, %w {count=3, carried=1, scanned=0, reverse=false} : f32[3] {
                    input %state : f32[3]
                    input %w : f32[3]
                    %e = exp %w : f32[3]
                    %sum = reduce %e {kind=sum, axes=[0]} : f32[]
                    %all = broadcast %sum {axes=[]} : f32[3]
                    %next = multiply %state, %all : f32[3]
                    output state = %next
                  }
                  output outer = %inner
                }
                output y = %y
                """))
        #expect(found.nodes.map(\.op.kind) == [.unary, .reduce, .scan])
        guard case .scan(let outer) = found.nodes[2].op, case .scan(let inner) = outer.body.nodes.last?.op else {
            Issue.record("no loop in a loop:\n\(found.text)")
            return
        }
        #expect(inner.body.nodes.map(\.op.kind) == [.broadcast, .binary])
        #expect(outer.body.nodes.count == 1)
    }
}

extension Graph {
    /// How many values each loop carries and stacks.
    fileprivate func scans() -> [[Int]] {
        nodes.compactMap { node in
            if case .scan(let scan) = node.op { [scan.carried, scan.stacked] } else { nil }
        }
    }
}
