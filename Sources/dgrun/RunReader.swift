import Compilation
import Data
import Foundation
import Graph
import Models
import Report
import Runtime

/// Reads finished runs and runs their models on the test part of the data.
struct RunReader {
    /// In place of what the runs name.
    let data: String?
    private var inspector: ModelInspector
    /// Of data files that several runs share.
    private var fingerprints: [String: FileFingerprint] = [:]

    init(data: String?, threads: Int) {
        self.data = data
        inspector = ModelInspector(threads: threads)
    }

    /// - Throws: `report.data` where the data are not those of the run, or what reading and running throws.
    mutating func read(_ folder: ReportedFolders.Folder) throws(Diagnostic) -> ReportedRun {
        let record = try RunRecord(path: folder.path)
        let data = data ?? record.description.data.path
        try check(data, record)
        let options = record.description.options
        let inspection = try inspector.inspect(
            specification: record.specification, file: "\(folder.path)/spec.json", data: data, weights: record.testedWeights,
            initial: options.initial?.path, seed: options.seed)
        let scheme = ClassScheme(inspection.metricFamily, logitCount: inspection.spec.objective.outputCount)
        return ReportedRun(
            name: folder.name, record: record, settings: Self.settings(inspection.spec),
            confusion: ConfusionCounts(scheme, logits: inspection.logits, labels: inspection.labels),
            stages: DecAlign.Stage.allCases.map { Self.stage($0, inspection) },
            transport: inspection.transportPlan.flatMap { TransportPlan(count: inspection.spec.prototypes.count, mass: $0) })
    }

    private mutating func check(_ data: String, _ record: RunRecord) throws(Diagnostic) {
        let found: FileFingerprint
        if let known = fingerprints[data] { found = known } else { found = try FileFingerprint(of: data) }
        fingerprints[data] = found
        guard found == record.description.data.fingerprint else {
            throw Diagnostic(
                "report.data", data, "the data are not those that \(record.path) was trained on",
                expected: record.description.data.fingerprint.text, found: found.text)
        }
    }

    private static func stage(_ stage: DecAlign.Stage, _ inspection: ModelInspection) -> AlignmentStage {
        func gap(_ features: ModelInspection.Features) -> ModalityGap? {
            guard let values = features.values[stage], let text = values[.text], let vision = values[.vision] else { return nil }
            return ModalityGap(text: text, vision: vision, width: features.width)
        }
        return AlignmentStage(name: stage.rawValue, before: gap(inspection.untrained), after: gap(inspection.trained))
    }

    /// The members of the specification but the seed, each as text.
    private static func settings(_ spec: ModelSpec) -> [String: String] {
        let object = try? JSONSerialization.jsonObject(with: Foundation.Data(spec.resolvedJSON.utf8))
        var settings = (object as? [String: Any] ?? [:]).mapValues { "\($0)" }
        settings["seed"] = nil
        return settings
    }
}

extension FileFingerprint {
    fileprivate var text: String { "\(bytes) bytes with checksum \(checksum)" }
}
