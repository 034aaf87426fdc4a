import Data
import Foundation
import TestSupport
import Testing

/// Every reader of files on the files that `scripts/fuzz` starts from, and on such with a few bytes changed: read or refused, within
/// bounds of time and memory, and what is read keeps its meaning. `DG_SEED` repeats a run.
@Suite struct ReaderMutationTests {
    private static let readers = [
        "graph", "kernels", "program", "specification", "manifest", "safetensors", "npz", "npy", "dataset", "pickle", "state", "run",
        "bundle",
    ]
    private static let seed = ProcessInfo.processInfo.environment["DG_SEED"].flatMap { UInt64($0) } ?? 1
    private static let count = 200

    private static let seeds = Result {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let script = tests.deletingLastPathComponent().appendingPathComponent("scripts/fuzz-seeds").path
        let tools = try URL(fileURLWithPath: Tool.dgc.path()).deletingLastPathComponent().path
        let folder = try Fixtures.shared("seeds")
        try Launch(script, [folder, tools], environment: Fixtures.quickCompiler().merging(["LC_ALL": "C"]) { $1 }).wait().succeeded()
        return folder
    }

    @Test(arguments: readers) func filesAreReadOrRefused(_ reader: String) throws {
        let seeds = try "\(Self.seeds.get())/\(reader)"
        let originals = try names(in: seeds).map { "\(seeds)/\($0)" }
        // Among them are some that tests refuse; those are close to others.
        let found = try read(originals, reader).succeeded().output.split(separator: "\n")
        try #require(found.count == originals.count && found.contains { $0.hasSuffix(": read") }, "\(found)")

        var generator = SplitMix64(seed: Self.seed)
        let folder = try TemporaryFolder()
        let mutants = try (0..<Self.count).map { number in
            let original = originals[generator.index(below: originals.count)]
            return try folder.write(Foundation.Data(ByteMutation.mutated([UInt8](contents(original)), &generator)), as: "\(number)")
        }
        let outcome = try read(mutants, reader)
        // The last line names the file that was being read; its bytes are all that is needed to see it again.
        let last = outcome.output.split(separator: "\n").last?.split(separator: ":").first.map(String.init) ?? ""
        let bytes = (try? contents(last).base64EncodedString()) ?? ""
        #expect(!outcome.isSignal && outcome.status == 0, "seed \(Self.seed): \(outcome.summary)\n\(last) \(bytes)")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == mutants.count && lines.contains { $0.contains(": refused: ") }, "\(outcome.summary)")
    }

    private func read(_ files: [String], _ reader: String) throws -> Outcome {
        let bounds = "ulimit -t 60; ulimit -c 0; ulimit -v 4000000; exec \"$0\" \"$@\""
        return try Launch("/bin/sh", ["-c", bounds, Tool.dgfuzz.path()] + files, environment: ["DG_READER": reader]).wait()
    }
}
