import Graph
import Passes
import Testing

/// Which kernels products over windows, slices and transpositions become, and why others read copies.
@Suite struct ProductReadingTests {
    private static func kernels(_ body: String, unfused: Bool = false) throws -> KernelGraph {
        let kernels = try KernelFormation.run(Graph.parsed(body), unfused: unfused)
        try KernelGraphVerifier.verify(kernels)
        return kernels
    }

    /// Kernels as `name: form`, in order.
    private static func forms(_ kernels: KernelGraph) -> [String] { kernels.kernels.map { "\($0.name): \($0.form)" } }

    private static func decision(_ value: String, _ kernels: KernelGraph) -> String? {
        kernels.decisions.last { $0.value == value }.map { "\($0.outcome), \($0.reason)" }
    }

    private static let convolution = """
        input %x : f32[4,50,96]
        input %w : f32[64,96,5]
        input %g : f32[4,46,64]
        %windows = window %x {axis=1, size=5} : f32[4,46,5,96]
        %y = dot %windows, %w {batch=[[],[]], contract=[[2,3],[2,1]]} : f32[4,46,64]
        %dw = dot %g, %windows {batch=[[],[]], contract=[[0,1],[0,1]]} : f32[64,5,96]
        output y = %y
        output dw = %dw
        """

    @Test func convolutionHasNoWindowsInMemory() throws {
        let kernels = try Self.kernels(Self.convolution)
        #expect(Self.forms(kernels) == ["w.ordered: pointwise", "y: product", "dw: product"])
        #expect(Self.decision("windows", kernels) == "fused, matrix products read it with strides")
        #expect(Self.decision("w.ordered", kernels) == "materialized, a matrix product cannot read it with strides")
        #expect(!kernels.tensors.contains { $0.type.shape == [4, 46, 5, 96] })
    }

    @Test func withoutFusionEveryOperationIsAKernel() throws {
        let kernels = try Self.kernels(Self.convolution, unfused: true)
        #expect(kernels.kernels.map(\.name) == ["windows", "y", "dw"])
    }

    @Test func windowsOfAnExpressionReadItFromMemory() throws {
        let kernels = try Self.kernels(
            """
            input %x : f32[50,96]
            input %w : f32[5,96,64]
            %n = negate %x : f32[50,96]
            %part = slice %n {starts=[2,0], limits=[50,96], strides=[1,1]} : f32[48,96]
            %windows = window %part {axis=0, size=5} : f32[44,5,96]
            %y = dot %windows, %w {batch=[[],[]], contract=[[1,2],[0,1]]} : f32[44,64]
            output y = %y
            """)
        #expect(Self.forms(kernels) == ["n: pointwise", "y: product"])
        #expect(Self.decision("n", kernels) == "materialized, a matrix product reads it many times")
    }

    /// A few channels make calls so small that one call on a copy is faster.
    @Test func smallWindowsAreCopied() throws {
        let kernels = try Self.kernels(
            """
            input %x : f32[32,50,3]
            input %w : f32[5,3,64]
            %windows = window %x {axis=1, size=5} : f32[32,46,5,3]
            %y = dot %windows, %w {batch=[[],[]], contract=[[2,3],[0,1]]} : f32[32,46,64]
            output y = %y
            """)
        #expect(Self.forms(kernels) == ["windows: pointwise", "y: product"])
        #expect(
            Self.decision("windows", kernels)
                == "materialized, a matrix product reads it faster from memory of its own than with strides")
    }

    @Test(arguments: [
        // Rows and columns of a matrix are matrices.
        ("slice %a {starts=[8,0], limits=[72,64], strides=[1,1]}", ["y: product"]),
        ("slice %a {starts=[8,4], limits=[72,68], strides=[1,1]}", ["y: product"]),
        ("slice %a {starts=[0,0], limits=[127,64], strides=[2,1]}", ["y: product"]),
        // The BLAS knows no steps within rows; expressions are not in memory.
        ("slice %a {starts=[0,0], limits=[64,127], strides=[1,2]}", ["v: pointwise", "y: product"]),
        ("pad %b {low=[1,0], high=[0,1]}", ["v: pointwise", "y: product"]),
        ("transpose %c {permutation=[1,0]}", ["y: product"]),
    ])
    func viewsAreReadInPlace(_ view: String, _ expected: [String]) throws {
        let kernels = try Self.kernels(
            """
            input %a : f32[128,128]
            input %b : f32[63,63]
            input %c : f32[64,64]
            %v = \(view) : f32[64,64]
            %y = dot %c, %v {batch=[[],[]], contract=[[1],[0]]} : f32[64,64]
            output y = %y
            """)
        #expect(Self.forms(kernels) == expected)
    }

    @Test func productsOfTilesReadWhatIsPacked() throws {
        let kernels = try Self.kernels(
            """
            input %a : f32[2,32,4,32]
            input %b : f32[2,4,32,32]
            %v = transpose %a {permutation=[0,2,1,3]} : f32[2,4,32,32]
            %y = dot %v, %b {batch=[[0,1],[0,1]], contract=[[3],[2]]} : f32[2,4,32,32]
            output y = %y
            """)
        #expect(Self.forms(kernels) == ["v: pointwise", "y: product"])
        #expect(Self.decision("v", kernels) == "materialized, a matrix product of many small matrices reads it many times")
    }
}
