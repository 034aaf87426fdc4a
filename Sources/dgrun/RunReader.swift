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
    /// What the first run was tested on, which is what all others have to be tested on.
    private var first: TestedOn?

    init(data: String?, threads: Int) {
        self.data = data
        inspector = ModelInspector(threads: threads)
    }

    /// - Throws: `report.data` where the data are not those of the run, `report.mixed` where earlier runs were tested on others, or
    ///   what reading and running throws.
    mutating func read(_ folder: ReportedFolders.Folder) throws(Diagnostic) -> ReportedRun {
        let record = try RunRecord(path: folder.path)
        try checkMetrics(record)
        let data = data ?? record.description.data.path
        try check(data, record)
        let options = record.description.options
        let inspection = try inspector.inspect(
            specification: record.specification, file: "\(folder.path)/spec.json", data: data, weights: record.testedWeights,
            initial: options.initial?.path, seed: options.seed)
        try checkLabels(inspection, record)
        let scheme = ClassScheme(inspection.metricFamily, logitCount: inspection.spec.objective.outputCount)
        return ReportedRun(
            name: folder.name, record: record, settings: Self.settings(inspection.spec),
            parameterCount: inspection.parameterCount,
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

    // MARK: Runs that can be compared

    private struct TestedOn {
        var path: String
        var metrics: [String]
        /// Sorted; nil until the first run's model was run.
        var labels: [Float]?
    }

    /// Before models are compiled and run.
    private mutating func checkMetrics(_ record: RunRecord) throws(Diagnostic) {
        let metrics = record.result.metrics.map(\.name)
        guard let first else {
            self.first = TestedOn(path: record.path, metrics: metrics)
            return
        }
        guard first.metrics == metrics else {
            throw Self.mixed(
                record.path, "the run has other metrics than \(first.path)", expected: first.metrics.joined(separator: ", "),
                found: metrics.joined(separator: ", "))
        }
    }

    /// Another file may hold the same samples with other features.
    private mutating func checkLabels(_ inspection: ModelInspection, _ record: RunRecord) throws(Diagnostic) {
        let labels = inspection.labels.sorted()
        guard let first, let known = first.labels else {
            self.first?.labels = labels
            return
        }
        guard known == labels else {
            throw Self.mixed(
                record.path, "the run was tested on other samples than \(first.path)",
                expected: "the same labels, of \(known.count) samples",
                found: "\(labels.count) samples" + (labels.count == known.count ? " with other labels" : ""))
        }
    }

    private static func mixed(_ path: String, _ message: String, expected: String, found: String) -> Diagnostic {
        Diagnostic("report.mixed", path, message, expected: expected, found: found)
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
