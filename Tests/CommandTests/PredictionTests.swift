import Foundation
import Testing

/// What a plan says of its own speed: written by `dgc compile`, shown by `dgrun bench`.
@Suite struct PredictionTests {
    private static func manifest(_ plan: String) throws -> JSONText {
        try JSONText(String(contentsOfFile: "\(plan)/manifest.json", encoding: .utf8))
    }

    /// The members of an entry's prediction by kernel function.
    private static func functions(_ plan: String, entry: Int) throws -> [String: [String: Any]] {
        let entries = try #require(manifest(plan).members["entries"] as? [[String: Any]])
        let prediction = try #require(entries[entry]["prediction"] as? [String: Any])
        let kernels = try #require(prediction["kernels"] as? [[String: Any]])
        return Dictionary(kernels.compactMap { kernel in (kernel["function"] as? String).map { ($0, kernel) } }) { first, _ in first }
    }

    @Test func manifestHasEveryFunction() throws {
        let plan = try Fixtures.graphPlan()
        let functions = try Self.functions(plan, entry: 0)
        let text = try run(.dgc, "dump", plan, "--stage", "program").succeeded().output
        #expect(!functions.isEmpty && functions.keys.allSatisfy { text.contains(" = \($0) ") })
        for kernel in functions.values {
            #expect((kernel["seconds"] as? Double ?? 0) > 0 && (kernel["bytes"] as? Double ?? 0) > 0)
        }
    }

    @Test func benchShowsTheModelBesideTheMeasurement() throws {
        let plan = try Fixtures.sentimentPlan()
        let arguments = ["bench", plan, "--entry", "train", "--iterations", "2", "--per-kernel"]
        let result = try JSONText(run(.dgrun, arguments + ["--json"]).succeeded().output)
        #expect(try result.number("predicted_ms") > 0 && result.number("moved_bytes") > 0 && result.number("operations") > 0)
        let kernels = try #require(result.members["kernels"] as? [[String: Any]])
        #expect(try Set(kernels.compactMap { $0["kernel"] as? String }) == Set(Self.functions(plan, entry: 3).keys))
        var bytes = 0.0
        for kernel in kernels {
            for key in ["ms", "predicted_ms", "ratio", "gflops", "gbytes_per_s", "operations", "bytes", "steps"] {
                #expect(kernel[key] is NSNumber, "\(key)")
            }
            #expect(kernel["place"] is String)
            bytes += kernel["bytes"] as? Double ?? 0
        }
        #expect(try abs(bytes - result.number("moved_bytes")) <= 1e-9 * bytes)

        let lines = try run(.dgrun, arguments).succeeded().output.split(separator: "\n")
        let head = try #require(lines.firstIndex { $0.contains("GFLOP/s") })
        for column in ["ms", "model", "ratio", "GB/s", "steps", "kernel", "place"] { #expect(lines[head].contains(column)) }
        #expect(lines.contains { $0.hasPrefix("  model  ") && $0.contains("MB moved") })
        let rows = lines[(head + 1)...].dropLast()
        #expect(rows.count == min(40, kernels.count) && lines.allSatisfy { $0.count <= 120 })
        // Names stand in one column.
        let column = try #require(lines[head].range(of: "kernel"))
        for row in rows {
            let rest = row.dropFirst(lines[head].distance(from: lines[head].startIndex, to: column.lowerBound) - 2)
            #expect(rest.hasPrefix("  ") && rest.dropFirst(2).first != " ")
        }
    }

    @Test func olderPlanRunsWithoutPrediction() throws {
        let copy = try PlanCopy(of: Fixtures.graphPlan(), in: TemporaryFolder())
        try copy.edit(["entries", "0", "prediction"], to: nil)
        let arguments = ["bench", copy.path, "--iterations", "1", "--per-kernel"]
        let result = try JSONText(run(.dgrun, arguments + ["--json"]).succeeded().output)
        #expect(result.members["predicted_ms"] is NSNull && result.members["moved_bytes"] is NSNull)
        let kernels = try #require(result.members["kernels"] as? [[String: Any]])
        #expect(!kernels.isEmpty && kernels.allSatisfy { $0["ratio"] is NSNull && $0["ms"] is NSNumber })
        let text = try run(.dgrun, arguments).succeeded().output
        #expect(text.contains("GFLOP/s") && !text.contains("MB moved"))
    }

    private struct Edit: Sendable {
        var keys: [String]
        /// JSON; nil removes the member.
        var value: String?
        var id: String
    }

    private static let edits = [
        Edit(keys: ["barrierSeconds"], value: "-1", id: "plan.prediction"),
        Edit(keys: ["barrierSeconds"], value: "\"long\"", id: "plan.manifest"),
        Edit(keys: ["barrierSeconds"], value: nil, id: "plan.manifest"),
        Edit(keys: ["kernels"], value: "[]", id: "plan.prediction"),
        Edit(keys: ["kernels"], value: nil, id: "plan.manifest"),
        Edit(keys: ["kernels", "0"], value: nil, id: "plan.prediction"),
        Edit(keys: ["kernels", "0", "seconds"], value: "-1e-9", id: "plan.prediction"),
        Edit(keys: ["kernels", "0", "bytes"], value: "-1", id: "plan.prediction"),
        Edit(keys: ["kernels", "0", "bytes"], value: nil, id: "plan.manifest"),
        Edit(keys: ["kernels", "0", "function"], value: "\"none\"", id: "plan.prediction"),
        Edit(keys: ["kernels", "0", "multiplyAdds"], value: "[]", id: "plan.manifest"),
    ]

    @Test(arguments: edits.indices) func editedPredictionIsRefused(_ number: Int) throws {
        let edit = Self.edits[number]
        let copy = try PlanCopy(of: Fixtures.graphPlan(), in: TemporaryFolder())
        try copy.edit(["entries", "0", "prediction"] + edit.keys, to: edit.value)
        try run(.dgrun, "bench", copy.path, "--iterations", "1").isRefused(edit.id, copy.path)
    }

    @Test func planWithoutPredictionIsNotUpToDate() throws {
        let folder = try TemporaryFolder()
        let graph = try folder.write(Fixtures.graphText, as: "a.dg")
        let copy = try PlanCopy(of: Fixtures.graphPlan(), in: folder)
        #expect(try run(.dgc, "compile", graph, "-o", copy.path).succeeded().output.contains("up to date"))
        for value in [nil, "{\"barrierSeconds\": -1, \"kernels\": []}"] {
            try copy.edit(["entries", "0", "prediction"], to: value)
            #expect(try run(.dgc, "compile", graph, "-o", copy.path).succeeded().output.contains("compiled in"))
        }
    }
}
