import Data
import Foundation
import Graph
import TestSupport
import Testing

/// Files with a few bytes changed, moved, doubled or removed: read or refused, but nothing ends the process or never ends.
@Suite struct MutationTests {
    /// A data set of few bytes, so that most changes hit something that matters.
    private func small(_ format: String) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        switch format {
        case "pickle": return try Fixture.bytes("mmsa_tiny_p2.pkl")
        case "pickle 5": return try Fixture.bytes("mmsa_tiny_p5.pkl")
        case "npz": return try Fixture.bytes("mmsa_tiny.npz")
        default:
            var tensors: [String: HostTensor] = [:]
            for part in Dataset.Part.allCases {
                for modality in FeatureModality.allCases {
                    tensors["\(part.rawValue)_\(modality.rawValue)"] = HostTensor(shape: [1, 1, 1], floats: [1])
                }
                tensors["\(part.rawValue)_labels"] = HostTensor(shape: [1], floats: [0])
            }
            try Safetensors.write(tensors, to: folder.path("a"))
            return try [UInt8](contentsOf: folder.path("a"))
        }
    }

    @Test(arguments: ["pickle", "pickle 5", "npz", "safetensors"]) func mutations(_ format: String) throws {
        let seed: UInt64 = 20
        let count = 2500
        let original = try small(format)
        let folder = try TemporaryFolder()
        var generator = SplitMix64(seed: seed, stream: UInt64(original.count))
        var readable = 0
        for number in 0..<count {
            let path = try folder.write(ByteMutation.mutated(original, &generator))
            let found = diagnostic { () throws(Diagnostic) in try Dataset.load(path: path) }
            if found == nil { readable += 1 }
            if number % 10 == 0 { _ = diagnostic { () throws(Diagnostic) in try DatasetReport(path: path) } }
            #expect(found?.subject.hasPrefix(path) ?? true, "seed \(seed), number \(number)")
            #expect(found?.kind != .compilerBug, "seed \(seed), number \(number)")
        }
        // Some changes hit numbers only, and most hit the structure.
        #expect(readable > 0 && readable < count)
    }
}
