import Data
import Foundation
import Graph

extension PlanBundle {
    /// Checks that a plan can be written there, so that nobody waits for a compilation in vain.
    public static func checkDestination(_ path: String) throws(Diagnostic) {
        let destination = try PlanDestination(path)
        try destination.create()
        destination.discard()
    }

    /// Removes what this process has written of a plan that is not finished, for when it is interrupted.
    public static func discardUnfinished(_ path: String) {
        (try? PlanDestination(path))?.discard()
    }

    /// Writes a bundle; the plan appears when all of it is written.
    ///
    /// - Parameters:
    ///   - graphs: of the entries, after all passes on the graph level.
    ///   - compile: turns the source file into the library file.
    /// - Throws: `plan.write`, `plan.library`, or what `compile` throws; then nothing new remains.
    public static func write(
        to path: String, manifest: PlanManifest, graphs: [Graph], kernels: [KernelGraph], programs: [Program], source: String,
        compile: (_ source: String, _ library: String) throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> PlanBundle {
        let destination = try PlanDestination(path)
        try destination.create()
        do throws(Diagnostic) {
            let folder = destination.temporaryPath
            try write(Graph.text(of: graphs), .graph, destination)
            try write(KernelGraph.text(of: kernels), .kernels, destination)
            try write(Program.text(of: programs), .program, destination)
            try write(source, .source, destination)
            try compile(PlanFile.source.path(in: folder), PlanFile.library.path(in: folder))
            guard FileManager.default.fileExists(atPath: PlanFile.library.path(in: folder)) else {
                throw Diagnostic("plan.library", manifest.compiler.path, "the C compiler succeeded, but wrote no library")
            }
            var manifest = manifest
            for file in PlanFile.fingerprinted { manifest.files[file.rawValue] = try file.fingerprint(in: folder) }
            try write(manifest.json(), .manifest, destination)
            try destination.commit()
            return PlanBundle(destination.path, manifest, programs)
        } catch {
            destination.discard()
            throw error
        }
    }

    private static func write(
        _ text: String, _ file: PlanFile, _ destination: PlanDestination
    ) throws(Diagnostic) {
        do {
            try AtomicFile.write(Array(text.utf8), to: file.path(in: destination.temporaryPath))
        } catch {
            throw destination.failure(error.found ?? error.message)
        }
    }
}

extension PlanManifest {
    /// As it stands in the file: keys sorted, so that equal manifests are equal files.
    fileprivate func json() throws(Diagnostic) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        } catch {
            throw Diagnostic("plan.manifest", "manifest", "the manifest cannot be written: \(error)", kind: .compilerBug)
        }
    }
}
