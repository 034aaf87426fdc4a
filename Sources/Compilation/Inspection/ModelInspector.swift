import Data
import Graph
import Models
import Passes
import Runtime

/// Runs models with given weights and keeps what they compute on the way.
///
/// Models that compute the same, such as those of several seeds or of several weights of the losses, are compiled once.
package struct ModelInspector {
    private let threads: Int
    private var instances: [String: PlanInstance] = [:]
    private var prepared: (path: String, training: TrainingConfiguration, dataset: Dataset)?

    package init(threads: Int) {
        self.threads = threads
    }

    /// What a run's model computes of the test part of its data.
    ///
    /// - Parameters:
    ///   - initial: a file with the weights that training began with; without one they follow from the seed.
    package mutating func inspect(
        specification: String, file: String, data: String, weights: String, initial: String?, seed: Int
    ) throws(Diagnostic) -> ModelInspection {
        let spec = try ModelSpec(json: Array(specification.utf8), file: file)
        let labels: Dataset.Labels = spec.objective.trainMode == .classification ? .classification : .regression
        let dataset = try Dataset.load(path: data, labels: labels)
        let compilation = try ModelCompilation(spec: spec, dataset: dataset)
        if labels == .classification { try dataset.checkClasses(count: spec.objective.outputCount, file: data) }
        let training = compilation.spec.trainingConfiguration(compilation.sizes)
        let samples = try prepare(dataset, data, training).test
        let store = ParameterStore(
            parameters: try DecAlign(spec: compilation.spec, sizes: compilation.sizes).parameters.map(PlanManifest.Parameter.init))
        let trained = try store.matching(Safetensors.read(path: weights), file: weights)
        let first = try initial.map { file throws(Diagnostic) in
            try store.matching(Safetensors.read(path: file), file: file)
        } ?? store.initialValues(seed: seed)
        let untrained = try run(compilation, samples, store, first)
        let outputs = try run(compilation, samples, store, trained)
        return ModelInspection(
            spec: compilation.spec, metricFamily: training.metricFamily, labels: samples.labels,
            parameterCount: store.parameters.reduce(0) { $0 + $1.elementCount }, logits: outputs.logits, untrained: untrained.features,
            trained: outputs.features,
            transportPlan: try transportPlan(compilation, outputs.features, samples.sampleCount))
    }

    /// Standardising takes as long as reading all of the data, and runs that are compared share it.
    private mutating func prepare(
        _ dataset: Dataset, _ path: String, _ training: TrainingConfiguration
    ) throws(Diagnostic) -> Dataset {
        if let prepared, prepared.path == path, prepared.training.preparesAlike(training) { return prepared.dataset }
        let result = try training.prepare(dataset)
        prepared = (path, training, result)
        return result
    }

    private mutating func instance(_ graph: Graph) throws(Diagnostic) -> PlanInstance {
        let text = graph.text
        if let instance = instances[text] { return instance }
        let result = try PlanCompiler().compile([GraphCompilation(graph).optimized()])
        let instance = try TemporaryPlan.load(result, threads: threads)
        instances[text] = instance
        return instance
    }

    // MARK: Running

    fileprivate struct Outputs {
        var logits: [Float] = []
        var features: ModelInspection.Features
    }

    /// All samples in batches; the last one is filled up with copies, whose rows are dropped.
    private mutating func run(
        _ compilation: ModelCompilation, _ samples: Split, _ store: ParameterStore, _ weights: [String: HostTensor]
    ) throws(Diagnostic) -> Outputs {
        var sizes = compilation.sizes
        sizes.batch = min(sizes.batch, samples.sampleCount)
        let instance = try instance(DecAlign(spec: compilation.spec, sizes: sizes).featureGraph())
        for parameter in store.parameters where instance.type(ofInput: parameter.name, entry: 0) != nil {
            if let floats = weights[parameter.name]?.floats { try instance.set(parameter.name, entry: 0, to: floats) }
        }
        var outputs = Outputs(features: ModelInspection.Features(width: compilation.spec.architecture.width))
        for start in stride(from: 0, to: samples.sampleCount, by: sizes.batch) {
            let rows = min(sizes.batch, samples.sampleCount - start)
            let batch = Batch(samples, (0..<sizes.batch).map { start + min($0, rows - 1) })
            for (modality, values) in batch.features { try instance.set(modality.rawValue, entry: 0, to: values) }
            try instance.run(entry: 0)
            try outputs.append(rows, of: sizes.batch, from: instance, compilation.spec.architecture.activeModalities)
        }
        return outputs
    }

    private mutating func transportPlan(
        _ compilation: ModelCompilation, _ features: ModelInspection.Features, _ count: Int
    ) throws(Diagnostic) -> [Double]? {
        let model = try DecAlign(spec: compilation.spec, sizes: compilation.sizes)
        guard let graph = try model.transportGraph(samples: count) else { return nil }
        let instance = try instance(graph)
        for (modality, values) in features.values[.unique] ?? [:] {
            try instance.set(DecAlign.featureName(.unique, modality), entry: 0, to: values)
        }
        try instance.run(entry: 0)
        return try instance.output("plan", entry: 0)
    }
}

extension ModelInspector.Outputs {
    fileprivate mutating func append(
        _ rows: Int, of batch: Int, from instance: PlanInstance, _ modalities: [Modality]
    ) throws(Diagnostic) {
        func rowsOf(_ name: String) throws(Diagnostic) -> ArraySlice<Float> {
            let values = try instance.floatOutput(name, entry: 0)
            return values.prefix(values.count / batch * rows)
        }
        logits += try rowsOf("logits")
        for stage in DecAlign.Stage.allCases {
            for modality in modalities {
                features.values[stage, default: [:]][modality, default: []] += try rowsOf(DecAlign.featureName(stage, modality))
            }
        }
    }
}

extension TrainingConfiguration {
    /// Whether data come out the same for training by either.
    fileprivate func preparesAlike(_ other: TrainingConfiguration) -> Bool {
        isClassification == other.isClassification && trainsOnValidation == other.trainsOnValidation
            && standardizedModalities == other.standardizedModalities && clipPercentiles == other.clipPercentiles
    }
}
