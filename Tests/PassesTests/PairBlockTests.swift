import Graph
import Passes
import Testing

/// Matrices of pairs in blocks of rows: what they become, which ones stay as they are, and why.
@Suite struct PairBlockTests {
    private static func decision(_ body: String, _ value: String) throws -> String? {
        let kernels = try PlanCompiler().kernels(of: Graph.parsed(body))
        return kernels.decisions.last { $0.value == value && $0.reason.contains("pairs") }.map { "\($0.outcome), \($0.reason)" }
    }

    /// The sum of tanh(x y) over all pairs.
    private static func sum(_ rows: Int, _ columns: Int, type: String = "f32") -> String {
        """
        input %x : \(type)[\(rows),8]
        input %y : \(type)[\(columns),8]
        %p = dot %x, %y {batch=[[],[]], contract=[[1],[1]]} : \(type)[\(rows),\(columns)]
        %t = tanh %p : \(type)[\(rows),\(columns)]
        %sum = reduce %t {kind=sum, axes=[0,1]} : \(type)[]
        output sum = %sum
        """
    }

    @Test func pairsBecomeBlocks() throws {
        try Graph.expect(
            """
            input %x : f32[1024,8]
            input %y : f32[512,8]
            input %v : f32[512]
            %p = dot %x, %y {batch=[[],[]], contract=[[1],[1]]} : f32[1024,512]
            %v.all = broadcast %v {axes=[1]} : f32[1024,512]
            %g = multiply %p, %v.all : f32[1024,512]
            %sum = reduce %g {kind=sum, axes=[0,1]} : f32[]
            %columns = reduce %g {kind=sum, axes=[0]} : f32[512]
            %dx = dot %g, %y {batch=[[],[]], contract=[[1],[0]]} : f32[1024,8]
            %dy = dot %g, %x {batch=[[],[]], contract=[[0],[0]]} : f32[512,8]
            output sum = %sum
            output columns = %columns
            output dx = %dx
            output dy = %dy
            """,
            becomes: """
                input %x : f32[1024,8]
                input %y : f32[512,8]
                input %v : f32[512]
                %x.blocks = reshape %x : f32[16,64,8]
                %p = dot %x.blocks, %y {batch=[[],[]], contract=[[2],[1]]} : f32[16,64,512]
                %v.all = broadcast %v {axes=[2]} : f32[16,64,512]
                %g = multiply %p, %v.all : f32[16,64,512]
                %sum.rows = reduce %g {kind=sum, axes=[2]} : f32[16,64]
                %sum = reduce %sum.rows {kind=sum, axes=[0,1]} : f32[]
                %columns = reduce %g {kind=sum, axes=[0,1]} : f32[512]
                %dx.rows = dot %g, %y {batch=[[],[]], contract=[[2],[0]]} : f32[16,64,8]
                %dx = reshape %dx.rows : f32[1024,8]
                %dy = dot %g, %x.blocks {batch=[[],[]], contract=[[0,1],[0,1]]} : f32[512,8]
                output sum = %sum
                output columns = %columns
                output dx = %dx
                output dy = %dy
                """, PairBlocks.pass)
    }

    /// Sums along rows and columns of a symmetric matrix are the same, so that one is enough.
    @Test func symmetricPairsHaveOneSum() throws {
        try Graph.expect(
            """
            input %x : f32[512,8]
            input %v : f32[512]
            %p = dot %x, %x {batch=[[],[]], contract=[[1],[1]]} : f32[512,512]
            %left = broadcast %v {axes=[0]} : f32[512,512]
            %right = broadcast %v {axes=[1]} : f32[512,512]
            %both = add %left, %right : f32[512,512]
            %g = multiply %p, %both : f32[512,512]
            %rows = dot %g, %x {batch=[[],[]], contract=[[1],[0]]} : f32[512,8]
            %columns = dot %g, %x {batch=[[],[]], contract=[[0],[0]]} : f32[512,8]
            %dx = add %rows, %columns : f32[512,8]
            output dx = %dx
            """,
            becomes: """
                input %x : f32[512,8]
                input %v : f32[512]
                %x.blocks = reshape %x : f32[8,64,8]
                %p = dot %x.blocks, %x {batch=[[],[]], contract=[[2],[1]]} : f32[8,64,512]
                %v.blocks = reshape %v : f32[8,64]
                %left = broadcast %v.blocks {axes=[0,1]} : f32[8,64,512]
                %right = broadcast %v {axes=[2]} : f32[8,64,512]
                %both = add %left, %right : f32[8,64,512]
                %g = multiply %p, %both : f32[8,64,512]
                %rows.rows = dot %g, %x {batch=[[],[]], contract=[[2],[0]]} : f32[8,64,8]
                %rows = reshape %rows.rows : f32[512,8]
                %dx = add %rows, %rows : f32[512,8]
                output dx = %dx
                """, PairBlocks.pass)
    }

    /// A product with one side's weights is not its own transpose.
    @Test func unevenPairsKeepBothSums() throws {
        let graph = try PairBlocks.pass.run(
            Graph.parsed(
                """
                input %x : f32[512,8]
                input %v : f32[512]
                %p = dot %x, %x {batch=[[],[]], contract=[[1],[1]]} : f32[512,512]
                %left = broadcast %v {axes=[0]} : f32[512,512]
                %g = multiply %p, %left : f32[512,512]
                %rows = reduce %g {kind=sum, axes=[1]} : f32[512]
                %columns = reduce %g {kind=sum, axes=[0]} : f32[512]
                output rows = %rows
                output columns = %columns
                """))
        #expect(graph.nodes.filter { if case .reduce = $0.op { true } else { false } }.map { graph.type(of: $0.result).shape } == [[8, 64], [512]])
    }

    /// Sums of several matrices are taken apart, so that each matrix has blocks of its own.
    @Test func sumsOfSeveralMatricesAreTakenApart() throws {
        let graph = try PairBlocks.pass.run(
            Graph.parsed(
                """
                input %x : f32[512,8]
                input %y : f32[512,8]
                %p = dot %x, %x {batch=[[],[]], contract=[[1],[1]]} : f32[512,512]
                %q = dot %x, %y {batch=[[],[]], contract=[[1],[1]]} : f32[512,512]
                %both = subtract %p, %q : f32[512,512]
                %rows = reduce %both {kind=sum, axes=[1]} : f32[512]
                output rows = %rows
                """))
        let names = graph.nodes.map { graph.name(of: $0.result) }
        #expect(names == ["x.blocks", "p", "rows.left.rows", "rows.left", "q", "rows.right.rows", "rows.right", "rows"])
    }

    /// What needs the sum of all pairs first computes the pairs again.
    @Test func pairsAfterTheirSumAreComputedAgain() throws {
        let body = """
            input %x : f32[512,8]
            input %y : f32[512,8]
            %p = dot %x, %y {batch=[[],[]], contract=[[1],[1]]} : f32[512,512]
            %t = tanh %p : f32[512,512]
            %sum = reduce %t {kind=sum, axes=[0,1]} : f32[]
            %root = sqrt %sum : f32[]
            %root.all = broadcast %root {axes=[]} : f32[512,512]
            %g = multiply %t, %root.all : f32[512,512]
            %dx = dot %g, %y {batch=[[],[]], contract=[[1],[0]]} : f32[512,8]
            output dx = %dx
            """
        let graph = try PairBlocks.pass.run(Graph.parsed(body))
        #expect(graph.nodes.filter { graph.type(of: $0.result).shape == [8, 64, 512] }.map(\.op.spelling).sorted()
            == ["broadcast", "dot", "dot", "multiply", "tanh", "tanh"])
        let kernels = try PlanCompiler().kernels(of: Graph.parsed(body))
        #expect(kernels.kernels.count { $0.form == .tiles } == 2)
        #expect(!kernels.tensors.contains { $0.type.elementCount >= 512 * 512 })
    }

    @Test func reasons() throws {
        #expect(try Self.decision(Self.sum(512, 512), "p") == "fused, pairs are computed in blocks of 64 rows")
        #expect(try Self.decision(Self.sum(4096, 4096), "p") == "fused, pairs are computed in blocks of 32 rows")
        #expect(try Self.decision(Self.sum(256, 512), "p") == "materialized, a matrix of pairs of 131072 elements stays in the cache")
        #expect(
            try Self.decision(Self.sum(521, 512), "p")
                == "materialized, 521 rows of 512 pairs do not divide into blocks for the cache")
        #expect(try Self.decision(Self.sum(512, 512, type: "f64"), "p") == "materialized, pairs of f64 are not computed in blocks")
        #expect(try Self.decision(Self.sum(512, 512) + "\noutput pairs = %t", "p") == "materialized, the graph returns pairs")
        let turned = Self.sum(512, 512).replacing(
            "output sum",
            with: """
                %u = transpose %t {permutation=[1,0]} : f32[512,512]
                %v = slice %u {starts=[0,0], limits=[1,512], strides=[1,1]} : f32[1,512]
                output v = %v
                output sum
                """)
        #expect(try Self.decision(turned, "p") == "materialized, transpose reads pairs in another order")
    }

    @Test func aProductOfLittleGrowthIsNoMatrixOfPairs() throws {
        let body = """
            input %x : f32[512,256]
            input %y : f32[512,256]
            %p = dot %x, %y {batch=[[],[]], contract=[[1],[1]]} : f32[512,512]
            %t = tanh %p : f32[512,512]
            %sum = reduce %t {kind=sum, axes=[0,1]} : f32[]
            output sum = %sum
            """
        #expect(try Self.decision(body, "p") == nil)
        try Graph.expect(body, becomes: body, PairBlocks.pass)
    }

    @Test func thePassCanBeLeftOut() throws {
        var options = PlanCompiler.Options()
        options.disabled = [PairBlocks.pass.name]
        let kernels = try PlanCompiler(options: options).kernels(of: Graph.parsed(Self.sum(512, 512)))
        #expect(kernels.tensors.contains { $0.type.shape == [512, 512] })
        #expect(PassRegistry.optionalNames.contains(PairBlocks.pass.name))
    }
}
