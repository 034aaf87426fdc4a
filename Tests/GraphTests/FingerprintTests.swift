import Foundation
import Graph
import Testing

@Suite struct FingerprintTests {
    private static func fingerprint(_ text: String) throws -> Fingerprint {
        Fingerprint(try GraphParser.parse(text, file: "text"))
    }

    private static let scan = OpDefinition.named("scan")!.sample

    @Test func isTheSameEverywhere() throws {
        // FNV-1a of twenty-four zero bytes: no inputs, no nodes, no outputs.
        #expect(Fingerprint(Graph(name: "empty")).description == "c5975d646bc2ca7ec51f289603d0f8ad")
        let text = """
            dg 1 graph
            graph @g {
              input %a : f32[2,3] parameter
              %c = constant {value=[0.5, -1.0, 2.0]} : f32[3]
              %b = broadcast %c {axes=[1]} : f32[2,3]
              %y = add %a, %b : f32[2,3]
              output y = %y updates %a
            }
            """
        #expect(try Self.fingerprint(text).description == "f3987a965badc005bbdbcafbd4d327c5")
    }

    @Test func namesPlayNoPart() throws {
        let renamed = Self.scan.replacing("%start", with: "%begin").replacing("%scaled", with: "%product")
            .replacing("@scan", with: "@other").replacing("output last", with: "output final")
        #expect(renamed != Self.scan)
        #expect(try Self.fingerprint(renamed) == Self.fingerprint(Self.scan))
    }

    @Test(arguments: [
        ("count=5", "count=6"), ("f32[5,3]", "f32[6,3]"), ("reverse=false", "reverse=true"),
        ("multiply %state, %factor", "multiply %factor, %state"), ("multiply", "maximum"), ("f32", "f64"),
        ("input %factor : f32[3]\n  input %steps", "input %factor : f32[3] parameter\n  input %steps"),
        ("output last = %last", "output last = %start"), ("  output all = %all\n", ""),
        ("output trace = %scaled", "output trace = %next"),
    ])
    func meaningPlaysAPart(_ old: String, _ new: String) throws {
        var changed = Self.scan.replacing(old, with: new)
        if old == "count=5" || old == "f32[5,3]" {
            changed = changed.replacing("count=5", with: "count=6").replacing("f32[5,3]", with: "f32[6,3]")
        }
        #expect(try Self.fingerprint(changed) != Self.fingerprint(Self.scan))
    }

    @Test func constantsAreTold() throws {
        func constant(_ value: String) throws -> Fingerprint {
            try Self.fingerprint("dg 1 graph\ngraph @g {\n  %a = constant {value=\(value)} : f32[2]\n}\n")
        }
        let values = ["0.0", "-0.0", "1.0", "nan", "inf", "[0.0, 0.0]", "[0.0, 1.0]", "[1.0, 0.0]"]
        let fingerprints = try values.map { try constant($0) }
        #expect(Set(fingerprints).count == values.count)
    }

    @Test func samplesDiffer() throws {
        let fingerprints = try OpDefinition.all.map { try Self.fingerprint($0.sample) }
        #expect(Set(fingerprints).count == fingerprints.count)
    }
}
