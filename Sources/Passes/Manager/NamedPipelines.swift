import Graph

/// The pipelines that the command line knows by name.
public struct NamedPipeline: Sendable {
    public let name: String
    public let summary: String
    public let passes: [LevelPass]

    public var from: TextLevel { passes.first?.from ?? .graph }
    public var to: TextLevel { passes.last?.to ?? .graph }

    public static let all = [
        NamedPipeline(
            name: "optimize", summary: "Everything that makes a graph simpler, in the compiler's order.", passes: optimize),
        NamedPipeline(
            name: "gradient", summary: "Losses and the gradients of all parameters, as in a model's entry grad.",
            passes: named("autodiff", "gradient-norm") + optimize),
        NamedPipeline(
            name: "train", summary: "One step of Adam, as in a model's entry train but with the optimizer's defaults.",
            passes: named("autodiff", "optimizer") + optimize),
        NamedPipeline(name: "kernels", summary: "From a graph to kernels.", passes: Pipelines.kernels()),
        NamedPipeline(name: "program", summary: "From kernels to a program.", passes: named("plan-memory")),
        NamedPipeline(
            name: "compile", summary: "What dgc compile does with a graph.",
            passes: optimize + Pipelines.kernels() + named("plan-memory")),
    ]

    public static func named(_ name: String) throws(Diagnostic) -> NamedPipeline {
        guard let pipeline = all.first(where: { $0.name == name }) else {
            throw Diagnostic(
                "passes.pipeline", name, "there is no such pipeline", expected: all.map(\.name).joined(separator: ", "), found: name)
        }
        return pipeline
    }

    private static let optimize = Pipelines.optimize.map { LevelPass($0) }

    /// Passes that take no options here.
    private static func named(_ names: String...) -> [LevelPass] {
        names.compactMap { try? PassRegistry.pass($0) }
    }
}
