import Foundation
import Graph

/// A compiled plan on disk: the folder `NAME.plan` with every stage as text, kernels as source and library, and a manifest.
public struct PlanBundle: Sendable {
    public let path: String
    public var manifest: PlanManifest
    public var programs: [Program]

    public var libraryPath: String { PlanFile.library.path(in: path) }
    public var sourcePath: String { PlanFile.source.path(in: path) }

    init(_ path: String, _ manifest: PlanManifest, _ programs: [Program]) {
        self.path = path
        self.manifest = manifest
        self.programs = programs
    }

    /// Opens a bundle and checks that what runs is whole, unchanged and made for this processor.
    public init(path: String) throws(Diagnostic) {
        let path = PlanDestination.withoutTrailingSlashes(path)
        let manifest = try PlanManifest(json: PlanFile.manifest.contents(in: path), file: PlanFile.manifest.path(in: path))
        try manifest.target.check(runsOn: .current(), plan: path)
        for file in PlanFile.needed { try file.checkedContents(in: path, manifest) }
        let text = String(decoding: try PlanFile.program.contents(in: path), as: UTF8.self)
        let programs = try Program.parseAll(text, file: PlanFile.program.path(in: path))
        for program in programs { try ProgramVerifier.verify(program) }
        try manifest.check(against: programs, file: PlanFile.manifest.path(in: path))
        self.init(path, manifest, programs)
    }

    /// Whether the plan that stands there is whole, unchanged and what a compilation with this manifest would write.
    public static func isUpToDate(_ path: String, _ manifest: PlanManifest) -> Bool {
        let path = PlanDestination.withoutTrailingSlashes(path)
        guard let json = try? PlanFile.manifest.contents(in: path),
            var found = try? PlanManifest(json: json, file: PlanFile.manifest.path(in: path))
        else { return false }
        let fingerprints = found.files
        found.files = manifest.files
        // Predictions are known when a plan is compiled; the same compiler makes the same ones.
        guard found.entries.allSatisfy({ $0.prediction?.isSound == true }) else { return false }
        for index in found.entries.indices { found.entries[index].prediction = nil }
        return manifest.origin != nil && found == manifest
            && PlanFile.fingerprinted.allSatisfy { file in
                guard let fingerprint = try? file.fingerprint(in: path) else { return false }
                return fingerprints[file.rawValue] == fingerprint
            }
    }
}
