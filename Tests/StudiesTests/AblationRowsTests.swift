import Graph
import Models
import Studies
import Testing

@Suite struct AblationRowsTests {
    private func spec(_ overrides: [String] = []) throws -> ModelSpec { try ModelSpec.preset(named: "mosi", overrides: overrides) }

    @Test func standardRowsAreThoseOfThePaper() throws {
        let spec = try spec()
        let variants = AblationRows.standard.variants(of: spec)
        #expect(variants.map(\.name) == ["full", "mfd", "hete", "homo", "proto_ot", "ct", "sem", "mmd"])
        let ablated = try variants.map { try spec.applying($0.overrides).ablated }
        #expect(ablated == [[]] + ModelSpec.Ablation.allCases.map { [$0] })
    }

    @Test func rowsOfSeveralParts() throws {
        let variants = try AblationRows("mmd+hete,full").variants(of: spec())
        #expect(variants.map(\.name) == ["hete+mmd", "full"])
        #expect(variants[0].title == "w/o Hete, w/o MMD" && variants[1].overrides.isEmpty)
    }

    /// What the specification leaves out stays left out.
    @Test func rowsAddToTheSpecification() throws {
        let spec = try spec(["ablate=ct"])
        let variants = AblationRows.standard.variants(of: spec)
        #expect(try variants.map { try spec.applying($0.overrides).ablated.contains(.contrastive) }.allSatisfy { $0 })
        #expect(AblationRows.standard.notes(for: spec).count == 1)
    }

    @Test func rowsWithoutEffectAreNoted() throws {
        let notes = try AblationRows.standard.notes(for: spec(["beta=0"]))
        #expect(notes.count == 3 && notes.allSatisfy { $0.contains("`beta` is 0") })
        #expect(try AblationRows("full").notes(for: spec(["beta=0"])).isEmpty)
    }

    @Test(arguments: [
        ("ot", "\"ot\""), ("", "\"\""), ("mfd,mfd", "twice"), ("hete+homo,homo+hete", "twice"), ("ct+ct", "twice"),
        ("full+ct", "full"),
    ])
    func wrongRows(_ text: String, _ mention: String) {
        let failure = #expect(throws: Diagnostic.self) { try AblationRows(text) }
        #expect(failure?.id == "ablate.row")
        for word in [mention, "proto_ot"] { #expect(failure?.description.contains(word) == true, "\(failure?.description ?? "")") }
    }
}
