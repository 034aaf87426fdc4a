import Graph
import Models
import Testing

/// What is left out changes the losses that it belongs to, and nothing else.
@Suite struct AblationTests {
    private let golden: GoldenCase
    private let full: [String: Tensor]

    init() throws {
        golden = try GoldenCase("mosi_small")
        full = try Self.run(golden, [])
    }

    private static func run(_ golden: GoldenCase, _ parts: [String]) throws -> [String: Tensor] {
        let spec = try golden.spec.applying(["ablate=[\(parts.map { "\"\($0)\"" }.joined(separator: ","))]"])
        let graph = try DecAlign(spec: spec, sizes: ModelSizes(spec: spec)).graph(.init(dropout: false, losses: true))
        return try Interpreter().run(graph, inputs: golden.inputs(graph))
    }

    private func value(_ outputs: [String: Tensor], _ loss: String) throws -> Double {
        try #require(outputs["loss.\(loss)"]).scalar
    }

    /// Which losses become zero, and which change.
    @Test(arguments: [
        (["hete"], ["hete"], []), (["homo"], ["homo"], []), (["ct"], ["ct"], []), (["proto_ot"], [], ["hete"]),
        (["sem"], [], ["homo"]), (["mmd"], [], ["homo"]), (["sem", "mmd"], ["homo"], []),
        (["hete", "homo", "ct"], ["hete", "homo", "ct"], []), (["mfd"], ["dec"], ["task", "homo", "ct"]),
    ])
    func lossesWithoutParts(_ parts: [String], _ zeros: [String], _ changed: [String]) throws {
        let outputs = try Self.run(golden, parts)
        for loss in ["task", "dec", "hete", "homo", "ct"] {
            let (before, after) = (try value(full, loss), try value(outputs, loss))
            if zeros.contains(loss) {
                #expect(after == 0 && before != 0, "\(loss)")
            } else {
                #expect((after != before) == changed.contains(loss), "\(loss): \(before), \(after)")
            }
        }
        let objective = golden.spec.objective
        var total = try value(outputs, "task")
        total += try objective.decouplingWeight * value(outputs, "dec") + objective.heterogeneousWeight * value(outputs, "hete")
        total += try objective.homogeneousWeight * value(outputs, "homo") + objective.contrastiveWeight * value(outputs, "ct")
        #expect(abs(try value(outputs, "total") - total) < 1e-6 * abs(total))
    }

    /// The two parts of a loss add up to it.
    @Test func partsOfTheHomogeneousLoss() throws {
        let parts = try ["sem", "mmd"].map { try value(Self.run(golden, [$0]), "homo") }
        #expect(abs(parts[0] + parts[1] - (try value(full, "homo"))) < 1e-6)
    }

    /// Parameters and outputs are those of the whole model, so that checkpoints fit.
    @Test(arguments: ModelSpec.Ablation.allCases) func parametersStay(_ part: ModelSpec.Ablation) throws {
        let spec = try golden.spec.applying(["ablate=\(part.rawValue)"])
        #expect(spec.ablated == [part])
        #expect(try DecAlign(spec: spec, sizes: ModelSizes(spec: spec)).parameters == golden.model().parameters)
        #expect(try Self.run(golden, [part.rawValue]).keys.sorted() == full.keys.sorted())
    }

    // MARK: The key

    @Test func orderDoesNotMatter() throws {
        let spec = try golden.spec.applying([#"ablate=["mmd", "mfd"]"#])
        #expect(spec.ablated == [.decoupling, .meanDiscrepancy])
        #expect(try golden.spec.applying([#"ablate=["mfd", "mmd"]"#]) == spec)
        #expect(golden.spec.ablated == [])
    }

    @Test(arguments: [
        (#"["ot"]"#, "spec.choice", "proto_ot"), (#"["ct", "ct"]"#, "spec.range", "each part once"), ("3", "spec.type", "a list"),
        ("all", "spec.choice", "\"all\""),
    ])
    func wrongParts(_ value: String, _ id: String, _ mention: String) {
        let failure = #expect(throws: Diagnostic.self) { try golden.spec.applying(["ablate=\(value)"]) }
        #expect(failure?.id == id && failure?.description.contains(mention) == true && failure?.description.contains("ablate") == true)
    }

    @Test func partsWithoutWeightHaveNoEffect() throws {
        let spec = try golden.spec.applying(["beta=0", "ct_weight=0", "ablate=hete"])
        let idle = ModelSpec.Ablation.allCases.filter { spec.reasonWithoutEffect($0) != nil }
        #expect(idle == [.heterogeneous, .homogeneous, .contrastive, .semantic, .meanDiscrepancy])
        #expect(spec.reasonWithoutEffect(.semantic)?.contains("beta") == true)
    }
}
