import Graph
import Passes
import Testing

/// Attention inside a tile by blocks of rows: which operations run for each block, and what stays whole.
@Suite struct RowBlockingTests {
    private static func kernel(_ body: String, without disabled: Set<String> = []) throws -> KernelGraph.Kernel {
        var options = PlanCompiler.Options()
        options.disabled = disabled
        let kernels = try PlanCompiler(options: options).kernels(of: Graph.parsed(body))
        try KernelGraphVerifier.verify(kernels)
        #expect(try KernelGraph.parse(kernels.text, file: "printed") == kernels)
        return try #require(kernels.kernels.first { $0.form == .tiles })
    }

    /// Softmax of scores between two sequences, and the product with the values; `more` may use what stands before.
    private static func attention(_ queries: Int, _ keys: Int, _ more: String = "") -> String {
        let scores = "f32[2,2,\(queries),\(keys)]"
        return """
            input %q : f32[2,2,\(queries),8]
            input %k : f32[2,2,\(keys),8]
            input %v : f32[2,2,\(keys),8]
            %scores = dot %q, %k {batch=[[0,1],[0,1]], contract=[[3],[3]]} : \(scores)
            %exp = exp %scores : \(scores)
            %sum = reduce %exp {kind=sum, axes=[3]} : f32[2,2,\(queries)]
            %sum.all = broadcast %sum {axes=[0,1,2]} : \(scores)
            %p = divide %exp, %sum.all : \(scores)
            %y = dot %p, %v {batch=[[0,1],[0,1]], contract=[[3],[2]]} : f32[2,2,\(queries),8]
            \(more)
            output y = %y
            """
    }

    @Test func allOfAttentionRunsByRows() throws {
        let kernel = try Self.kernel(Self.attention(1000, 500))
        let blocks = try #require(kernel.tiling?.blocks)
        #expect(blocks.count == 1)
        #expect(blocks.first?.nodes == kernel.body.nodes.indices)
        // Equal blocks where the rows divide.
        #expect(blocks.first.map { 1000 % $0.rows } == 0)
    }

    @Test func shortSequencesStayWhole() throws {
        #expect(try Self.kernel(Self.attention(50, 100)).tiling?.blocks == [])
    }

    @Test func thePassHasASwitch() throws {
        #expect(PassRegistry.optionalNames.contains(RowBlocking.pass.name))
        #expect(try Self.kernel(Self.attention(1000, 500), without: ["rows"]).tiling?.blocks == [])
    }

    /// A sum over the rows gets a part from every block, with its few columns as rows; what reads it comes after all blocks.
    @Test func sumsOverRowsComeFromAllBlocks() throws {
        let kernel = try Self.kernel(
            Self.attention(
                1000, 500,
                """
                %back = dot %p, %q {batch=[[0,1],[0,1]], contract=[[2],[2]]} : f32[2,2,500,8]
                %late = tanh %back : f32[2,2,500,8]
                output late = %late
                """))
        let block = try #require(kernel.tiling?.blocks.first)
        let inside = block.nodes.map { kernel.body.name(of: kernel.body.nodes[$0].result) }
        #expect(inside.contains("back.turned") && !inside.contains("late"))
        let after = kernel.body.nodes[block.nodes.upperBound...].map { kernel.body.name(of: $0.result) }
        #expect(after == ["back", "late"])
    }

    /// Keys that are made of what the rows make can't be read before all rows are there.
    @Test func whatReadsAllRowsIsNotInABlock() throws {
        let kernel = try Self.kernel(
            """
            input %x : f32[2,2,600,8]
            input %w : f32[2,2,600,8]
            %q = dot %x, %w {batch=[[0,1],[0,1]], contract=[[3],[3]]} : f32[2,2,600,600]
            %s = tanh %q : f32[2,2,600,600]
            %again = dot %s, %s {batch=[[0,1],[0,1]], contract=[[3],[3]]} : f32[2,2,600,600]
            %y = reduce %again {kind=sum, axes=[3]} : f32[2,2,600]
            output y = %y
            """)
        for block in kernel.tiling?.blocks ?? [] {
            let inside = block.nodes.map { kernel.body.name(of: kernel.body.nodes[$0].result) }
            #expect(!(inside.contains("s") && inside.contains("again")))
        }
    }
}
