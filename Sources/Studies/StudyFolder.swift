import Data
import Foundation
import Graph
import Runtime

/// The folder of a study: what it was started with, a folder for each variant with its plan and runs, and the results.
public struct StudyFolder: Sendable {
    public let path: String
    private let lock: FolderLock

    var descriptionFile: String { "\(path)/study.json" }
    var specificationFile: String { "\(path)/spec.json" }

    /// Where a variant's plan stands.
    func plan(_ variant: StudyVariant) -> String { "\(path)/\(variant.name)/model.plan" }

    /// The folder of a variant's run with a seed.
    func run(_ variant: StudyVariant, seed: Int) -> String { "\(path)/\(Self.run(variant, seed: seed))" }

    /// The same, from the study's folder.
    static func run(_ variant: StudyVariant, seed: Int) -> String { "\(variant.name)/seed-\(seed)" }

    /// What the compiler or a run printed.
    func log(_ variant: StudyVariant, seed: Int?) -> String {
        "\(path)/\(variant.name)/\(seed.map { "seed-\($0)" } ?? "compile").log"
    }

    private init(path: String) throws(Diagnostic) {
        self.path = path
        lock = try FolderLock(path)
    }

    /// The folder for a study: a new one, or that of the same study, which then goes on.
    ///
    /// - Throws: `study.different` if another study is there, `folder.busy`, or why files cannot be written.
    public static func create(
        path: String, _ description: StudyDescription, specification: String
    ) throws(Diagnostic) -> StudyFolder {
        try OutputFolder.create(path)
        let folder = try StudyFolder(path: path)
        if FileManager.default.fileExists(atPath: folder.descriptionFile) {
            let older = try folder.description()
            var difference = description.difference(from: older)
            if difference == nil, try folder.specification() != specification {
                difference = ("the specification", "that of \(folder.specificationFile)", "another one")
            }
            guard let difference else { return folder }
            throw Diagnostic(
                "study.different", path, "the folder has another study: \(difference.name) would not be the same",
                expected: difference.expected + ", or another folder", found: difference.found)
        }
        try AtomicFile.write(Array(specification.utf8), to: folder.specificationFile)
        try description.write(to: folder.descriptionFile)
        return folder
    }

    /// The folder of a study that was started before.
    ///
    /// - Throws: `study.missing`, or `folder.busy`.
    public static func open(path: String) throws(Diagnostic) -> StudyFolder {
        guard FileManager.default.fileExists(atPath: "\(path)/study.json") else {
            throw Diagnostic("study.missing", path, "there is no study to go on with", expected: "a folder with study.json")
        }
        return try StudyFolder(path: path)
    }

    public func description() throws(Diagnostic) -> StudyDescription { try StudyDescription(file: descriptionFile) }

    func specification() throws(Diagnostic) -> String { try TextFile.read(path: specificationFile) }

    func hasPlan(_ variant: StudyVariant) -> Bool { FileManager.default.fileExists(atPath: "\(plan(variant))/manifest.json") }

    /// A run's result; nil where it is not over.
    func result(_ variant: StudyVariant, seed: Int, metrics: [String]) throws(Diagnostic) -> RunResult? {
        let file = "\(run(variant, seed: seed))/result.json"
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        return try RunResult(file: file, metricNames: metrics)
    }
}
