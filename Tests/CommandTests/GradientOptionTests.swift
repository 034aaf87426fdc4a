import Foundation
import Testing

/// `--gradient`: plain graphs with their gradients.
@Suite struct GradientOptionTests {
    private static let graph = """
        dg 1 graph

        graph @energy {
          input %x : f32[3]
          input %w : f32[3] parameter
          input %chosen : i32[1]
          %product = multiply %x, %w : f32[3]
          %energy = reduce %product {kind=sum, axes=[0]} : f32[]
          output product = %product
          output energy = %energy
        }

        """

    @Test func everyFloatingInputHasAGradient() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.graph, as: "energy.dg")
        let text = try run(.dgc, "dump", file, "--gradient", "energy").succeeded().output
        #expect(text.contains("output energy = ") && text.contains("output grad.x = ") && text.contains("output grad.w = "))
        #expect(!text.contains("grad.chosen"))
        #expect(try run(.dgc, "dump", folder.write(text, as: "gradient.dg")).succeeded().output == text)
    }

    @Test func planComputesTheGradient() throws {
        let folder = try TemporaryFolder()
        let (file, plan) = (try folder.write(Self.graph, as: "energy.dg"), folder.path("energy.plan"))
        try run(.dgc, "compile", file, "--gradient", "energy", "-o", plan).succeeded()
        let program = try run(.dgc, "dump", plan, "--stage", "program").succeeded().output
        #expect(program.contains("grad.x") && program.contains("grad.w"))
        try run(.dgrun, "bench", plan, "--iterations", "1").succeeded()
    }

    @Test func otherSourcesAndOutputsAreRefused() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.graph, as: "energy.dg")
        try run(.dgc, "dump", file, "--gradient", "loss").isRefused("autodiff.output", "loss")
        try run(.dgc, "dump", file, "--gradient", "product").isRefused("autodiff.scalar", "product", "f32[3]")
        try run(.dgc, "dump", "mosi", "--gradient", "loss.total").isRefused("arguments.option", "--gradient", "entry grad")
        try run(.dgc, "dump", Fixtures.graphPlan(), "--gradient", "y").isRefused("arguments.option", "--gradient")
    }
}
