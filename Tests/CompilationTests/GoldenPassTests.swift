import Foundation
import Graph
import Passes
import Testing

/// What each pass does, by the folders in `Tests/Golden/passes`.
@Suite struct GoldenPassTests {
    @Test(arguments: try GoldenPassCase.all())
    func structureIsAsRecorded(_ golden: GoldenPassCase) throws {
        let (before, after) = try golden.run()
        let file = golden.path("counts")
        let recorded = golden.has("counts") ? try CountChanges(TestFiles.read(file)) : nil
        let changes = CountChanges(
            from: StructureCounts(before), to: StructureCounts(after), keys: recorded?.lines.map(\.key))
        #expect(changes.lines.contains { $0.before != $0.after } || golden.name.hasSuffix("-stays"), "the passes change nothing")
        try TestFiles.expect(file, toHold: changes.text)
        if golden.has("expected.dg") { try TestFiles.expect(golden.path("expected.dg"), toHold: after.text) }
    }

    /// Graphs small enough for the interpreter say the same numbers before and after.
    @Test(arguments: try GoldenPassCase.all())
    func numbersStay(_ golden: GoldenPassCase) throws {
        guard case (.graph(let before), .graph(let after)) = try golden.run(), before.inputs == after.inputs,
            before.values.reduce(0, { $0 + $1.type.elementCount }) < 10_000
        else { return }
        var random = Random(seed: 11)
        let inputs = random.inputs(before)
        let (found, wanted) = (try after.run(inputs), try before.run(inputs))
        for (position, output) in before.outputs.enumerated() {
            let same = try #require(after.outputs.firstIndex { $0.name == output.name })
            #expect(found[same].distance(to: wanted[position]) < 1e-5, "\(output.name)")
        }
    }

    @Test func everyPassHasACase() throws {
        let shown = try GoldenPassCase.all().flatMap { golden in
            try golden.passes().shown.map { try PassRegistry.pass($0).name }
        }
        for entry in PassRegistry.all { #expect(shown.contains(entry.name), "no folder shows what \(entry.name) does") }
    }

    @Test func inputsSayWhatToSee() throws {
        for golden in try GoldenPassCase.all() {
            #expect(try TestFiles.read(golden.path("input.dg")).hasPrefix("// "), "\(golden.name)")
        }
    }
}
