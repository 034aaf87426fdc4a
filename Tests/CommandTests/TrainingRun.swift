import Foundation
import Testing

/// The folder of a training run, as tests look at it.
struct TrainingRun {
    let path: String

    static let files = [
        "best.safetensors", "last.safetensors", "metrics.csv", "metrics.jsonl", "result.json", "run.json", "spec.json",
        "state.safetensors",
    ]

    /// With dropout, shuffled batches and a remainder batch.
    static func emotionArguments(_ run: String) throws -> [String] {
        try ["train", Fixtures.emotionPlan(), "--data", Fixtures.emotionData(), "--out", run]
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

    /// The lines of metrics without the times, which differ from run to run.
    func timelessMetrics() throws -> [String] {
        try JSONText.lines(file("metrics.jsonl")).map { line in
            var members = line.members
            members["seconds"] = nil
            return String(decoding: try JSONSerialization.data(withJSONObject: members, options: .sortedKeys), as: UTF8.self)
        }
    }

    /// The rows of the table without the last column, which is the time.
    func timelessTable() throws -> [Substring] {
        try String(contentsOfFile: file("metrics.csv"), encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0[..<($0.lastIndex(of: ",") ?? $0.endIndex)] }
    }

    /// Expects that another run has come to the same, bit for bit.
    func equals(_ other: TrainingRun, _ comment: Comment, at location: SourceLocation = #_sourceLocation) throws {
        for name in ["best.safetensors", "last.safetensors", "state.safetensors"] {
            #expect(try contents(file(name)) == contents(other.file(name)), "\(name): \(comment)", sourceLocation: location)
        }
        #expect(try timelessMetrics() == other.timelessMetrics(), comment, sourceLocation: location)
        #expect(try timelessTable() == other.timelessTable(), comment, sourceLocation: location)
        let results = try [self, other].map { try JSONText(String(contentsOfFile: $0.file("result.json"), encoding: .utf8)) }
        #expect(try results[0].table("test") == results[1].table("test"), comment, sourceLocation: location)
    }
}
