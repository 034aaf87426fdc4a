import Graph
import Models
import Testing

@Suite struct DecAlignTests {
    private func model(_ name: String, _ overrides: [String] = [], classWeights: [Double]? = nil) throws -> DecAlign {
        let spec = try GoldenCase(name).spec.applying(overrides)
        return try DecAlign(spec: spec, sizes: ModelSizes(spec: spec, classWeights: classWeights))
    }

    /// Inputs of any kind for a graph: the same numbers for the same name.
    private func anyInputs(_ graph: Graph) -> [String: Tensor] {
        var inputs: [String: Tensor] = [:]
        for (position, input) in graph.inputs.enumerated() {
            let type = graph.type(of: input.value)
            let elements = (0..<type.elementCount).map { index in
                Philox.uniform(index: index, stream: position, key: (1, 2)) - 0.5
            }
            inputs[graph.name(of: input.value)] = Tensor(type, elements)
        }
        return inputs
    }

    private func run(_ graph: Graph, _ inputs: [String: Tensor]? = nil) throws -> [String: Tensor] {
        try Interpreter().run(graph, inputs: inputs ?? anyInputs(graph))
    }

    private func expectFinite(_ graph: Graph, _ inputs: [String: Tensor]? = nil) throws {
        for (name, tensor) in try run(graph, inputs) {
            #expect(tensor.elements.allSatisfy { $0.isFinite }, "\(name) is not finite")
        }
    }

    // MARK: Parameters

    @Test(arguments: [("mosi", 842_241), ("mosei", 922_177), ("sims", 404_673), ("iemocap", 487_206)])
    func parameterCounts(_ name: String, _ count: Int) throws {
        let spec = try ModelSpec.preset(named: name)
        #expect(try DecAlign(spec: spec, sizes: ModelSizes(spec: spec)).parameterCount == count)
    }

    @Test(arguments: GoldenCase.names) func parametersAreThoseOfCheckpoints(_ name: String) throws {
        let golden = try GoldenCase(name)
        let parameters = try golden.model().parameters
        let shapes = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.shape.dimensions) })
        #expect(shapes == golden.parameterShapes)
        for losses in [false, true] {
            let graph = try golden.model().graph(.init(dropout: false, losses: losses))
            let inputs = graph.inputs.filter { $0.role == .parameter }.map { graph.name(of: $0.value) }
            #expect(inputs == parameters.map(\.name))
        }
    }

    @Test func initialRules() throws {
        let spec = try ModelSpec.preset(named: "mosei")
        let parameters = try DecAlign(spec: spec, sizes: ModelSizes(spec: spec)).parameters
        func initial(_ name: String) -> ParameterSpec.Initial? { parameters.first { $0.name == name }?.initial }
        #expect(initial("proj_a.weight") == .uniform(bound: 1 / Double(74 * 5).squareRoot()))
        #expect(initial("encoder_com.weight") == .uniform(bound: 0.125))
        #expect(initial("trans_v.layers.3.self_attn.in_proj_weight") == .uniform(bound: (6.0 / 256).squareRoot()))
        #expect(initial("trans_v.layers.3.self_attn.out_proj.bias") == .constant(0))
        #expect(initial("trans_v.layers.3.final_layer_norm.weight") == .constant(1))
        #expect(initial("trans_v.layers.3.fc2.bias") == .uniform(bound: 1.0 / 16))
        #expect(initial("out_layer.weight") == .uniform(bound: 1 / Double(6 * 64).squareRoot()))
    }

    // MARK: Interface

    @Test(arguments: ModelSpec.presetNames) func presetsBuild(_ name: String) throws {
        let spec = try ModelSpec.preset(named: name)
        let model = try DecAlign(spec: spec, sizes: ModelSizes(spec: spec, batch: 5))
        let inference = try model.graph(.inference)
        #expect(inference.outputs.map(\.name) == ["logits", "final_rep"])
        #expect(
            inference.inputs.filter { $0.role == .data }.map { inference.name(of: $0.value) } == [
                "text", "audio", "vision",
            ])
        let training = try model.graph(.training)
        #expect(
            training.outputs.map(\.name) == [
                "logits", "final_rep", "loss.task", "loss.dec", "loss.hete", "loss.homo", "loss.ct", "loss.total",
            ])
        let data = training.inputs.filter { $0.role == .data }.map { training.name(of: $0.value) }
        #expect(data == ["text", "audio", "vision", "label", "key"])
        #expect(training.values.allSatisfy { $0.name.wholeMatch(of: /[A-Za-z0-9_.\/:-]+/) != nil })
        #expect(try model.graph(.training) == training)
    }

    @Test func onlyFloatingElementTypes() throws {
        let model = try model("mosi_small")
        #expect(throws: Diagnostic.self) { try model.graph(.init(dropout: false, losses: false, elementType: .i32)) }
    }

    // MARK: Dropout

    private func streams(_ graph: Graph) -> [Int] {
        graph.nodes.compactMap { if case .randomUniform(_, let stream) = $0.op { stream } else { nil } }
    }

    private static let allRates = [
        "attn_dropout=0.5", "attn_dropout_a=0.5", "attn_dropout_v=0.5", "relu_dropout=0.5", "embed_dropout=0.5",
        "res_dropout=0.5", "output_dropout=0.5", "text_dropout=0.5",
    ]

    @Test func everyDropoutHasItsStream() throws {
        let graph = try model("mosi_small", Self.allRates).graph(.training)
        let streams = streams(graph)
        // Text, three encoders of 3 embeddings and 2 layers with 4 places each, three distribution encoders, the output.
        #expect(streams.count == 1 + 3 * (3 + 2 * 4) + 3 + 1)
        #expect(Set(streams).count == streams.count)
    }

    @Test func streamsDoNotDependOnOtherRatesOrOnLosses() throws {
        let all = Set(streams(try model("mosi_small", Self.allRates).graph(.training)))
        let some = streams(try model("mosi_small", ["res_dropout=0.1"]).graph(.training))
        #expect(some.count == 12 && all.isSuperset(of: some))
        let forward = try model("mosi_small", Self.allRates).graph(.init(dropout: true, losses: false))
        let results = try run(forward, anyInputs(forward))
        let full = try model("mosi_small", Self.allRates).graph(.training)
        var inputs = anyInputs(forward)
        inputs["label"] = Tensor(TensorType(.f32, [8]), repeating: 1)
        #expect(try run(full, inputs)["logits"] == results["logits"])
    }

    @Test func ratesOfZeroNeedNoKey() throws {
        let graph = try model("mosi_small").graph(.training)
        #expect(graph.inputIndex(named: "key") == nil && streams(graph).isEmpty)
    }

    @Test func dropoutDependsOnTheKeyOnly() throws {
        let graph = try model("mosi_small", Self.allRates).graph(.training)
        var inputs = anyInputs(graph)
        let first = try run(graph, inputs)
        #expect(try run(graph, inputs) == first)
        inputs["key"] = Tensor(TensorType(.i32, [2]), [3, 4])
        #expect(try run(graph, inputs)["logits"] != first["logits"])
    }

    // MARK: Corners

    @Test(arguments: [
        ["batch_size=1"], ["num_prototypes=1"], ["batch_size=1", "num_prototypes=1"], ["lambda_ot=0"],
        [#"active_modalities=["vision"]"#], [#"active_modalities=["text","vision"]"#], ["use_sequence_mask=true"],
        ["dst_feature_dim_nheads=[24,3]"], ["dst_feature_dim_nheads=[16,1]"], ["conv1d_kernel_size_a=6"],
        ["conv1d_kernel_size_a=3", "conv1d_kernel_size_v=6", "use_sequence_mask=true"],
        ["use_cross_modal_attention=false", "attn_mask=false"], ["binary_task_weight=1"], ["ct_temperature=0.01"],
    ])
    func cornersAreFinite(_ overrides: [String]) throws {
        try expectFinite(model("mosi_small", overrides).graph(.evaluation))
    }

    @Test func constantInputsAreFinite() throws {
        for overrides in [["use_sequence_mask=true", "binary_task_weight=0.1"], ["hetero_cost_reduction=sum"]] {
            let graph = try model("mosi_small", overrides).graph(.evaluation)
            var inputs = anyInputs(graph)
            for name in ["text", "audio", "vision", "label"] {
                guard let tensor = inputs[name] else { continue }
                inputs[name] = Tensor(tensor.type, repeating: 0)
            }
            try expectFinite(graph, inputs)
        }
    }

    @Test func featuresOfTheModelsWidthPassThrough() throws {
        // The text has width 24; the weight is an input without effect, whatever its kernel.
        let model = try model("mosi_small", ["dst_feature_dim_nheads=[24,4]", "conv1d_kernel_size_l=9"])
        let graph = try model.graph(.inference)
        var inputs = anyInputs(graph)
        let first = try run(graph, inputs)
        inputs["proj_l.weight"] = Tensor(TensorType(.f32, [24, 24, 9]), repeating: 5)
        #expect(try run(graph, inputs) == first)
    }

    @Test func inactiveModalitiesHaveNoInfluence() throws {
        let graph = try model("two_modalities").graph(.evaluation)
        var inputs = anyInputs(graph)
        let first = try run(graph, inputs)
        inputs["vision"] = inputs["vision"].map { Tensor($0.type, repeating: 3) }
        #expect(try run(graph, inputs) == first)
        #expect(first["loss.hete"]?.scalar == 0 && first["loss.homo"]?.scalar == 0)
    }

    @Test func weightsOfZeroLeaveTermsOutOfTheTotal() throws {
        let overrides = ["dec_loss_weight=0", "alpha=0", "beta=0", "ct_weight=0"]
        let results = try run(model("mosi_small", overrides).graph(.evaluation))
        #expect(results["loss.total"] == results["loss.task"])
        #expect(results["loss.ct"]?.scalar == 0)
        #expect(results["loss.hete"]?.scalar != 0)
    }

    // MARK: Balanced classes

    @Test func balancedCrossEntropy() throws {
        let weights = ModelSizes.balancedWeights(counts: [10, 20, 0, 5, 5, 20])
        #expect(weights == [1, 0.5, 10, 2, 2, 0.5])
        let golden = try GoldenCase("iemocap_small")
        let graph = try model("iemocap_small", ["class_weight=balanced"], classWeights: weights)
            .graph(.init(dropout: false, losses: true, elementType: .f64))
        let inputs = try golden.inputs(graph)
        let results = try run(graph, inputs)
        let logits = try #require(results["logits"]).elements
        let labels = try #require(inputs["label"]).elements.map { Int($0) }
        var (loss, total) = (0.0, 0.0)
        for (sample, label) in labels.enumerated() {
            let row = logits[sample * 6..<(sample + 1) * 6].map { exponential($0) }
            loss -= weights[label] * logarithm(row[label] / row.reduce(0, +))
            total += weights[label]
        }
        #expect(abs(try #require(results["loss.task"]).scalar - loss / total) < 1e-12)
    }

    @Test func balancedClassesNeedWeights() throws {
        let error = try #require(throws: Diagnostic.self) {
            try model("iemocap_small", ["class_weight=balanced"]).graph(.evaluation)
        }
        #expect(error.id == "model.class-weights")
        for weights in [[1.0], [1, 1, 1, 1, 1, 0], [1, 1, 1, 1, 1, .nan], [1, 1, 1, 1, 1, .infinity]] {
            #expect(throws: Diagnostic.self) { try model("iemocap_small", classWeights: weights) }
        }
    }

    private func exponential(_ x: Double) -> Double { UnaryOp.exp.row.evaluate(x, 0) }
    private func logarithm(_ x: Double) -> Double { UnaryOp.log.row.evaluate(x, 0) }

    // MARK: Sizes

    private func sizes(_ change: (inout ModelSizes) -> Void) throws -> ModelSizes {
        var sizes = try ModelSizes(spec: GoldenCase("mosi_small").spec)
        change(&sizes)
        return sizes
    }

    @Test func wrongSizesAreRefused() throws {
        let spec = try GoldenCase("mosi_small").spec.applying(["conv1d_kernel_size_v=5"])
        let wrong = [
            ("model.size", try sizes { $0.batch = 0 }), ("model.size", try sizes { $0.batch = .max }),
            ("model.size", try sizes { $0.featureDimensions.audio = -1 }),
            ("model.size", try sizes { $0.sequenceLengths.text = 0 }),
            ("model.size", try sizes { ($0.batch, $0.featureDimensions.text) = (1 << 20, 1 << 20) }),
            ("model.kernel", try sizes { $0.sequenceLengths.vision = 4 }),
        ]
        for (id, sizes) in wrong {
            let error = try #require(throws: Diagnostic.self) { try DecAlign(spec: spec, sizes: sizes) }
            #expect(error.id == id)
        }
    }

    @Test func hugeModelsAreRefusedWithoutATrap() throws {
        let overrides = [
            "dst_feature_dim_nheads=[8192,8192]", "num_prototypes=1024", "pde_dim=8192", "conv1d_kernel_size_a=1024",
            "feature_dims=[1,1,1]", "seq_lens=[1024,1024,1024]", "batch_size=1048576", "nlevels=1",
        ]
        let spec = try GoldenCase("mosi_small").spec.applying(overrides)
        #expect(throws: Diagnostic.self) { try DecAlign(spec: spec, sizes: ModelSizes(spec: spec)).graph(.training) }
    }
}
