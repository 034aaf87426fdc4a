import Foundation
import Testing

/// Weights that are damaged or another model's, given to `eval`, `train --init` and `run`.
@Suite struct WeightRefusalTests {
    private func expectRefused(
        _ weights: String, _ id: String, _ mentions: String..., at location: SourceLocation = #_sourceLocation
    ) throws {
        let folder = try TemporaryFolder()
        let (plan, data) = try (Fixtures.sentimentPlan(), Fixtures.sentimentData())
        try run(.dgrun, "eval", plan, "--data", data, "--weights", weights)
            .isRefused(id, mentions: mentions + [weights], at: location)
        try run(.dgrun, "train", plan, "--data", data, "--init", weights, "--out", folder.path("run"))
            .isRefused(id, mentions: mentions + [weights], at: location)
        #expect(try folder.names == [], sourceLocation: location)
    }

    @Test func weightsOfAnotherModelAreRefused() throws {
        try expectRefused(Fixtures.golden("sims_small.safetensors"), "weights.shape", "proj_l.weight", "[16, 24, 1]", "[8, 24, 5]")
    }

    @Test func missingWeightIsNamed() throws {
        let folder = try TemporaryFolder()
        var weights = try TensorFile(safetensors: Fixtures.golden("mosi_small.safetensors")).dropping(prefix: "param.")
        weights.remove("out_layer.bias")
        try expectRefused(weights.write(safetensors: folder.path("w")), "weights.missing", "out_layer.bias", "[1]")
        weights.set("out_layer.bias", [1], integers: [1])
        try expectRefused(weights.write(safetensors: folder.path("w")), "weights.type", "out_layer.bias", "F32 or F64", "i64")
    }

    @Test func trainingStartsFromFiniteWeights() throws {
        let folder = try TemporaryFolder()
        var weights = try TensorFile(safetensors: Fixtures.golden("mosi_small.safetensors")).dropping(prefix: "param.")
        weights.set("out_layer.bias", [1], floats: [.nan])
        let (plan, data) = try (Fixtures.sentimentPlan(), Fixtures.sentimentData())
        let file = try weights.write(safetensors: folder.path("w"))
        try run(.dgrun, "train", plan, "--data", data, "--init", file, "--out", folder.path("run"))
            .isRefused("weights.value", "out_layer.bias", "finite", "nan")
        #expect(try folder.names == ["w"])
        // What such weights do may be of interest; JSON has no word for it but null.
        let output = try run(.dgrun, "eval", plan, "--data", data, "--weights", file, "--json").succeeded().output
        #expect(try JSONText(output).members["loss"] is NSNull)
    }

    @Test(arguments: [0, 7, 8, 100, 20_000, -1]) func cutFileIsRefused(_ count: Int) throws {
        let folder = try TemporaryFolder()
        let bytes = try contents(Fixtures.golden("mosi_small.safetensors"))
        let file = try folder.write(count < 0 ? bytes.dropLast(-count) : bytes.prefix(count), as: "w.safetensors")
        try expectRefused(file, "safetensors.truncated")
        try run(
            .dgrun, "run", Fixtures.sentimentPlan(), "--entry", "loss", "--in", file, "--out", folder.path("b.safetensors")
        ).isRefused("safetensors.truncated", file)
        #expect(try folder.names == ["w.safetensors"])
    }

    @Test func damagedHeadersAreRefused() throws {
        let folder = try TemporaryFolder()
        func file(_ header: String, data: Int = 0) throws -> String {
            var bytes = Foundation.Data([UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0]) + Foundation.Data(header.utf8)
            bytes.append(Foundation.Data(count: data))
            return try folder.write(bytes, as: "w")
        }
        func tensor(_ type: String, _ shape: String) throws -> String {
            try file("{\"a\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[0,4]}}", data: 4)
        }
        try expectRefused(file("{"), "safetensors.json")
        try expectRefused(file("[]"), "safetensors.json", "object")
        try expectRefused(file("{}", data: 1), "safetensors.trailing")
        try expectRefused(tensor("F32", "[2]"), "safetensors.size", "a", "8 bytes", "4 bytes")
        try expectRefused(tensor("F16", "[2]"), "safetensors.element-type", "a", "F16")
        try expectRefused(tensor("F32", "[-1]"), "safetensors.shape", "a", "[-1]")
        try expectRefused(tensor("F32", "[4611686018427387904,4]"), "safetensors.shape", "a")
    }

    @Test func missingFileIsNamed() throws {
        let folder = try TemporaryFolder()
        try expectRefused(folder.path("none.safetensors"), "file.unreadable", "No such file")
        try expectRefused(folder.root, "file.not-regular")
    }
}
