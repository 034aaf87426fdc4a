import Data
import Foundation
import Graph
import Models
import Passes
import Runtime

/// Compiles and runs what a bundle describes, in a folder.
public struct ReplayExecution {
    public let bundle: ReplayBundle
    /// Where the bundle stands, for messages.
    private let file: String
    private let folder: String

    public init(_ bundle: ReplayBundle, file: String, folder: String) {
        self.bundle = bundle
        self.file = file
        self.folder = folder
    }

    public var planPath: String { "\(folder)/replayed.plan" }
    private var inputPath: String { "\(folder)/inputs.safetensors" }

    private func request() throws(Diagnostic) -> PlanRequest {
        let options = try bundle.description.options.options(file: file)
        switch bundle.source {
        case .graph(let text):
            let graph = try GraphParser.parse(text, file: file)
            try GraphVerifier.verify(graph)
            return try GraphCompilation(graph).request(options: options)
        case .specification(let json):
            let spec = try ModelSpec(json: Array(json.utf8), file: file)
            let sizes = try ModelSizes(spec: spec, classWeights: bundle.description.classWeights)
            var batches: [PlanManifest.EntryKind: [Int]] = [:]
            for (name, sizes) in bundle.description.batches ?? [:] {
                if let kind = PlanManifest.EntryKind(rawValue: name) { batches[kind] = sizes }
            }
            return try ModelCompilation(spec: spec, sizes: sizes, batches: batches).request(options: options)
        }
    }

    /// Runs the bundle's entry of a plan once, on the bundle's inputs or seeded random ones.
    public func run(_ plan: PlanBundle) throws(Diagnostic) -> RecordedRun {
        let threads = ProcessInfo.processInfo.activeProcessorCount
        let instance = try PlanInstance(programs: plan.programs, libraryPath: plan.libraryPath, threads: threads)
        var tensors: (contents: [String: HostTensor], file: String)?
        if let inputs = bundle.inputs {
            try AtomicFile.write(inputs, to: inputPath)
            tensors = (try Safetensors.read(path: inputPath), file)
        }
        let description = bundle.description
        return try RecordedRun(
            plan, instance,
            inputs: ComparisonInputs(kind: description.kind, batch: description.batch, seed: description.seed, tensors: tensors))
    }

    /// What comes of running a plan, a failure included.
    public func outcome(of plan: PlanBundle) -> ReplayDescription.Outcome {
        do throws(Diagnostic) {
            return .run(try run(plan))
        } catch {
            return .failure(error)
        }
    }

    /// What comes of compiling and running, and the plan where there is one.
    ///
    /// - Throws: what is wrong with the source or the options; that is no outcome.
    public func outcome() throws(Diagnostic) -> (plan: PlanBundle?, outcome: ReplayDescription.Outcome) {
        let request = try request()
        do throws(Diagnostic) {
            let plan = try request.write(to: planPath)
            return (plan, outcome(of: plan))
        } catch {
            return (nil, .failure(error))
        }
    }
}

extension ReplayDescription.Outcome {
    fileprivate static func failure(_ diagnostic: Diagnostic) -> Self {
        .failure(id: diagnostic.id, message: diagnostic.description)
    }
}
