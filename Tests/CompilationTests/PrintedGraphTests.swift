import Graph
import Models
import Passes
import Testing

/// The graphs in `graphs/`: small models as they are declared, and after differentiation and all graph passes.
@Suite struct PrintedGraphTests {
    private static let sizes = [
        "dst_feature_dim_nheads=[8,2]", "nlevels=1", "pde_dim=8", "num_prototypes=3", "batch_size=4",
    ]
    private static let features = [
        "mosi": ["feature_dims=[12,5,6]", "seq_lens=[4,4,4]"], "mosei": ["feature_dims=[12,7,6]", "seq_lens=[6,6,6]"],
        "sims": ["feature_dims=[12,5,9]", "seq_lens=[5,8,6]"], "iemocap": ["feature_dims=[12,10,11]", "seq_lens=[1,1,1]"],
    ]

    /// The file names without ending.
    private static let names = ["mlp", "sinkhorn"] + ModelSpec.presetNames
    private static let files = names.flatMap { name in
        let isModel = ModelSpec.presetNames.contains(name)
        return [isModel ? "\(name).loss.dg" : "\(name).dg", "\(name).grad.dg"]
    }

    private static func declared(_ name: String) throws -> Graph {
        switch name {
        case "mlp": return try Examples.mlp()
        case "sinkhorn": return try Examples.sinkhorn()
        default:
            let spec = try ModelSpec.preset(named: name, overrides: sizes + (features[name] ?? []))
            return try DecAlign(spec: spec, sizes: ModelSizes(spec: spec)).graph(.training)
        }
    }

    private static func differentiated(_ name: String) throws -> Graph {
        let declared = try declared(name)
        let loss = declared.output(named: "loss.total") == nil ? "loss" : "loss.total"
        // The example has no parameters; its cost is what it depends on.
        let inputs = name == "sinkhorn" ? ["cost"] : nil
        let gradient = try Autodiff.gradient(of: declared, output: loss, withRespectTo: inputs)
        return try PassManager().run(Pipelines.optimize, on: gradient).graph
    }

    private static func graph(_ file: String) throws -> Graph {
        let parts = file.split(separator: ".")
        return try parts[1] == "grad" ? differentiated(String(parts[0])) : declared(String(parts[0]))
    }

    @Test func everyFileIsTested() throws {
        #expect(Set(Self.features.keys) == Set(ModelSpec.presetNames))
        #expect(try TestFiles.names(in: "graphs").filter { $0.hasSuffix(".dg") } == Self.files.sorted())
    }

    @Test(arguments: files)
    func fileIsCurrent(_ file: String) throws {
        let text = try Self.graph(file).text
        #expect(text.utf8.count < 500_000)
        try TestFiles.expect("graphs/\(file)", toHold: text)
    }

    @Test(arguments: files)
    func fileReadsBack(_ file: String) throws {
        let graph = try GraphParser.parse(TestFiles.read("graphs/\(file)"), file: file)
        try GraphVerifier.verify(graph)
        #expect(graph.text == (try TestFiles.read("graphs/\(file)")))
        #expect(try GraphParser.parse(graph.text, file: file) == graph)
    }

    @Test(arguments: files)
    func fileCompiles(_ file: String) throws {
        let graph = try GraphParser.parse(TestFiles.read("graphs/\(file)"), file: file)
        for unfused in [false, true] {
            try KernelGraphVerifier.verify(KernelFormation.run(graph, unfused: unfused))
            var options = PlanCompiler.Options()
            options.unfused = unfused
            let entry = try PlanCompiler(options: options).compile([graph]).entries[0]
            try ProgramVerifier.verify(entry.program, implements: entry.kernels)
        }
    }
}
