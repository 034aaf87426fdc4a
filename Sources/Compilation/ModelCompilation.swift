import Data
import Graph
import Models
import Passes
import Runtime

/// Compiles a model specification to a plan: which entries for which batch sizes, through which passes.
public struct ModelCompilation: Sendable {
    public let spec: ModelSpec
    public let sizes: ModelSizes
    /// The batch sizes of each kind of entry, ascending.
    public private(set) var batches: [PlanManifest.EntryKind: [Int]]

    /// - Parameters:
    ///   - dataset: gives sizes, remainder batches and class weights; without one the specification gives the sizes.
    ///   - batchSizes: overrides the batch sizes of all entries.
    public init(spec: ModelSpec, dataset: Dataset?, batchSizes: [Int] = []) throws(Diagnostic) {
        var spec = spec
        if let train = dataset?.train {
            spec = try spec.fitting(sequenceLengths: [train.text.timeSteps, train.audio.timeSteps, train.vision.timeSteps])
        }
        self.spec = spec
        let batch = batchSizes.max() ?? spec.training.batchSize
        sizes = try Self.sizes(spec, dataset, batch: batch)
        batches = Self.batches(spec, dataset, batchSizes)
    }

    /// A compilation of which everything is known.
    init(spec: ModelSpec, sizes: ModelSizes, batches: [PlanManifest.EntryKind: [Int]]) {
        self.spec = spec
        self.sizes = sizes
        self.batches = batches
    }

    /// The compilation that a plan came from, by the specification and sizes in its manifest.
    public init(bundle: PlanBundle) throws(Diagnostic) {
        guard let json = bundle.manifest.specification, let training = bundle.manifest.training,
            training.featureWidths.count == 3, training.sequenceLengths.count == 3
        else {
            throw Diagnostic("plan.kind", bundle.path, "the plan was not compiled from a specification")
        }
        spec = try ModelSpec(json: Array(json.utf8), file: bundle.path)
        let (widths, lengths) = (training.featureWidths, training.sequenceLengths)
        sizes = ModelSizes(
            featureDimensions: PerModality(text: widths[0], audio: widths[1], vision: widths[2]),
            sequenceLengths: PerModality(text: lengths[0], audio: lengths[1], vision: lengths[2]), batch: training.batchSize,
            classWeights: bundle.manifest.classWeights)
        batches = Dictionary(grouping: bundle.manifest.entries, by: \.kind).mapValues { $0.map(\.batch).sorted() }
    }

    /// The same with entries of some kinds only.
    public func keeping(_ kinds: Set<PlanManifest.EntryKind>) -> ModelCompilation {
        var copy = self
        copy.batches = batches.filter { kinds.contains($0.key) }
        return copy
    }

    private static func sizes(_ spec: ModelSpec, _ dataset: Dataset?, batch: Int) throws(Diagnostic) -> ModelSizes {
        guard let dataset else { return try ModelSizes(spec: spec, batch: batch) }
        let blocks = [dataset.train.text, dataset.train.audio, dataset.train.vision]
        try check(spec.features.dimensions?.all, blocks.map(\.featureWidth))
        return ModelSizes(
            featureDimensions: PerModality(text: blocks[0].featureWidth, audio: blocks[1].featureWidth, vision: blocks[2].featureWidth),
            sequenceLengths: PerModality(text: blocks[0].timeSteps, audio: blocks[1].timeSteps, vision: blocks[2].timeSteps),
            batch: batch, classWeights: try classWeights(spec, dataset))
    }

    private static func check(_ written: [Int]?, _ found: [Int]) throws(Diagnostic) {
        guard let written, written != found else { return }
        throw Diagnostic(
            "spec.sizes", "feature_dims",
            "the specification's features are not those of the data; `--set feature_dims=null` takes the data's",
            expected: "\(written)", found: "\(found)")
    }

    private static func classWeights(_ spec: ModelSpec, _ dataset: Dataset) throws(Diagnostic) -> [Double]? {
        guard spec.objective.classWeighting == .balanced, let classes = spec.objective.classCount else { return nil }
        var counts = [Int](repeating: 0, count: classes)
        let labels = dataset.train.labels + (spec.trainsOnValidation ? dataset.valid.labels : [])
        for label in labels {
            // Labels come from a file: only exact class numbers may become indices.
            if let index = Int(exactly: label), counts.indices.contains(index) { counts[index] += 1 }
        }
        return ModelSizes.balancedWeights(counts: counts)
    }

    private static func batches(
        _ spec: ModelSpec, _ dataset: Dataset?, _ chosen: [Int]
    ) -> [PlanManifest.EntryKind: [Int]] {
        let full = spec.training.batchSize
        var train: Set<Int> = [full]
        var evaluate: Set<Int> = [full]
        if !chosen.isEmpty {
            train = Set(chosen)
            evaluate = Set(chosen)
        } else if let dataset {
            let trained = dataset.train.sampleCount + (spec.trainsOnValidation ? dataset.valid.sampleCount : 0)
            train = sizes(of: trained, full)
            evaluate = sizes(of: dataset.valid.sampleCount, full).union(sizes(of: dataset.test.sampleCount, full))
        }
        return [
            .train: train.sorted(), .grad: [train.max() ?? full], .loss: evaluate.sorted(), .infer: evaluate.sorted(),
        ]
    }

    /// The full batch where there is one, and the remainder where there is one.
    private static func sizes(of count: Int, _ batch: Int) -> Set<Int> {
        var result: Set<Int> = []
        if count >= batch { result.insert(batch) }
        if count % batch != 0 { result.insert(count % batch) }
        return result
    }

    /// The graph of one entry, after all passes on the graph level.
    public func graph(
        _ kind: PlanManifest.EntryKind, batch: Int, manager: PassManager = PassManager()
    ) throws(Diagnostic) -> Graph {
        var sized = sizes
        sized.batch = batch
        let model = try DecAlign(spec: spec, sizes: sized)
        let total = "loss.total"
        var graph: Graph
        let passes: [GraphPass]
        switch kind {
        case .infer:
            graph = try model.graph(.inference)
            passes = []
        case .loss:
            graph = try model.graph(.evaluation)
            passes = []
        case .grad:
            graph = try model.graph(.training)
            passes = [Pipelines.gradient(of: total), Pipelines.gradientNorm]
        case .train:
            graph = try model.graph(.training)
            let losses = graph.outputs.map(\.name).filter { $0.hasPrefix("loss.") }
            let step = OptimizerStep(
                weightDecay: spec.training.weightDecay, clip: spec.training.gradientClip,
                frozen: GradientReach.unreachedParameters(graph, from: losses))
            passes = [Pipelines.gradient(of: total), Pipelines.optimizer(step)]
        case .graph:
            throw Diagnostic("compile.entry", "graph", "a model has no entry of this kind", kind: .compilerBug)
        }
        graph.name = "\(kind.rawValue).\(batch)"
        return try manager.run(passes + Pipelines.optimize, on: graph).graph
    }

    /// All entries in the order of the plan.
    public var entries: [PlanManifest.Entry] {
        PlanManifest.EntryKind.allCases.flatMap { kind in
            (batches[kind] ?? []).reversed().map { PlanManifest.Entry(name: "\(kind.rawValue).\($0)", kind: kind, batch: $0) }
        }
    }

    /// The graphs of all entries, after all passes on the graph level.
    public func graphs(manager: PassManager = PassManager()) throws(Diagnostic) -> [Graph] {
        let entries = entries
        if let unobserved = manager.unobserved {
            let graphs = try? Parallel.results(entries.count) { index throws(Diagnostic) in
                try graph(entries[index].kind, batch: entries[index].batch, manager: unobserved)
            }
            if let graphs { return graphs }
        }
        // A failure is to be observed.
        return try entries.map { entry throws(Diagnostic) in try graph(entry.kind, batch: entry.batch, manager: manager) }
    }

    /// What it takes to compile all entries.
    public func request(
        options: PlanCompiler.Options = PlanCompiler.Options(), memoryLimit: MemoryLimit? = nil,
        observer: (any PassObserver)? = nil
    ) throws(Diagnostic) -> PlanRequest {
        let compiler = try CCompiler.find()
        var manifest = PlanManifest(
            model: "decalign", compiler: compiler.manifest, target: .current(), entries: entries,
            parameters: try DecAlign(spec: spec, sizes: sizes).parameters.map(PlanManifest.Parameter.init))
        manifest.training = spec.trainingConfiguration(sizes)
        manifest.specification = spec.resolvedJSON
        manifest.classWeights = sizes.classWeights
        return PlanRequest(
            manifest, graph: nil, compiler: compiler, options: options, memoryLimit: memoryLimit, observer: observer
        ) { manager throws(Diagnostic) in try graphs(manager: manager) }
    }
}

extension PlanManifest.Parameter {
    init(_ parameter: ParameterSpec) {
        switch parameter.initial {
        case .uniform(let bound):
            self.init(name: parameter.name, shape: parameter.shape.dimensions, uniformBound: bound, constant: nil)
        case .constant(let value):
            self.init(name: parameter.name, shape: parameter.shape.dimensions, uniformBound: nil, constant: value)
        }
    }
}
