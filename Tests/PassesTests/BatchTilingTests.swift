import Graph
import Passes
import Testing

/// Which kernels treat every sample of a batch alike, and why others stay outside.
@Suite struct BatchTilingTests {
    private static func kernels(_ body: String, without disabled: Set<String> = []) throws -> KernelGraph {
        var options = PlanCompiler.Options()
        options.disabled = disabled
        let kernels = try PlanCompiler(options: options).kernels(of: Graph.parsed(body))
        try KernelGraphVerifier.verify(kernels)
        return kernels
    }

    private static func forms(_ kernels: KernelGraph) -> [String] { kernels.kernels.map { "\($0.name): \($0.form)" } }

    private static func reason(_ value: String, _ kernels: KernelGraph) -> String? {
        kernels.decisions.last { $0.value == value }?.reason
    }

    private static let layers = """
        input %x : f32[32,50,64]
        input %w : f32[128,64]
        input %u : f32[64,128]
        %hidden = dot %x, %w {batch=[[],[]], contract=[[2],[1]]} : f32[32,50,128]
        %zero = constant {value=0.0} : f32[32,50,128]
        %relu = maximum %hidden, %zero : f32[32,50,128]
        %y = dot %relu, %u {batch=[[],[]], contract=[[2],[1]]} : f32[32,50,64]
        %du = dot %y, %relu {batch=[[],[]], contract=[[0,1],[0,1]]} : f32[64,128]
        output y = %y
        output du = %du
        """

    @Test func samplesRunThroughAllLayers() throws {
        let kernels = try Self.kernels(Self.layers)
        #expect(Self.forms(kernels) == ["w.turned: pointwise", "u.turned: pointwise", "du.parts: tiles", "du: reduction"])
        let tiled = try #require(kernels.kernels.first { $0.form == .tiles })
        #expect(tiled.tiling == Tiling(axes: 1, tasks: 8))
        #expect(tiled.results.map { kernels.type(of: $0).shape } == [[32, 50, 64], [8, 64, 128]])
        // What only the kernel itself reads has no memory in the arena.
        #expect(!kernels.tensors.contains { $0.name == "hidden" || $0.name == "relu" })
    }

    @Test func switchedOffEveryProductIsAKernel() throws {
        let kernels = try Self.kernels(Self.layers, without: ["batch"])
        #expect(Self.forms(kernels) == ["hidden: product", "relu: pointwise", "y: product", "du: product"])
    }

    /// Samples of a single row: a part of the batch is a tile.
    @Test func smallSamplesRunInParts() throws {
        let kernels = try Self.kernels(
            """
            input %x : f32[32,48]
            input %w : f32[48,48]
            %y = dot %x, %w {batch=[[],[]], contract=[[1],[0]]} : f32[32,48]
            %z = tanh %y : f32[32,48]
            %v = dot %z, %w {batch=[[],[]], contract=[[1],[0]]} : f32[32,48]
            %dw = dot %v, %z {batch=[[],[]], contract=[[0],[0]]} : f32[48,48]
            output dw = %dw
            """)
        #expect(Self.forms(kernels) == ["v.parts: tiles", "dw: product"])
        let tiled = try #require(kernels.kernels.first)
        #expect(tiled.tiling == Tiling(axes: 1))
        #expect(tiled.results.map { kernels.type(of: $0).shape } == [[4, 8, 48], [4, 8, 48]])
    }

    /// The tasks share the samples equally, whatever their number is.
    @Test(arguments: [(32, 8), (24, 8), (30, 6), (7, 7), (12, 6), (31, 31), (37, 1)])
    func tasksDivideTheBatch(_ samples: Int, _ tasks: Int) throws {
        let kernels = try Self.kernels(Self.layers.replacing("[32,", with: "[\(samples),"))
        #expect(kernels.kernels.compactMap { $0.tiling?.tasks } == [tasks])
    }

    @Test func whatMixesSamplesStaysOutside() throws {
        let kernels = try Self.kernels(
            """
            input %x : f32[32,8,16]
            input %w : f32[16,16]
            %y = dot %x, %w {batch=[[],[]], contract=[[2],[0]]} : f32[32,8,16]
            %e = exp %y : f32[32,8,16]
            %largest = reduce %e {kind=maximum, axes=[0]} : f32[8,16]
            %all = broadcast %largest {axes=[1,2]} : f32[32,8,16]
            %shifted = subtract %e, %all : f32[32,8,16]
            %z = dot %shifted, %w {batch=[[],[]], contract=[[2],[0]]} : f32[32,8,16]
            output z = %z
            """)
        #expect(Self.forms(kernels) == ["e: tiles", "largest: reduction", "z: tiles"])
        #expect(Self.reason("largest", kernels) == "not in the kernel of z: it does not treat every sample alike")
    }

    @Test func printedTilingIsReadBack() throws {
        let kernels = try Self.kernels(Self.layers)
        #expect(kernels.text.contains("tiles=1, tasks=8"))
        #expect(try KernelGraph.parse(kernels.text, file: "printed") == kernels)
    }
}
