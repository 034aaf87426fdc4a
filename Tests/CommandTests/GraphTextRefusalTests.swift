import Foundation
import Testing

/// Graphs as text that are wrong: compiled and dumped, with the place in the text.
@Suite struct GraphTextRefusalTests {
    @Test(arguments: [
        ("dg 1 graph", "dg 2 graph", "1:4: not supported[text.version]", ["expected 1", "found 2"]),
        ("dg 1 graph", "dg 1 kernels", "1:6: error[text.level]", ["graph", "kernels"]),
        ("dg 1 graph", "{}", "1:1: error[text.header]", ["dg 1 graph"]),
        ("@affine", "affine", "3:7: error[text.expected]", ["affine"]),
        ("multiply", "multiplicate", "8:8: error[text.unknown-op]", ["multiplicate"]),
        ("{axes=[1]}", "{axis=[1]}", "7:25: error[text.unknown-attribute]", ["axes", "axis"]),
        ("{axes=[1]}", "{axes=[99999999999999999999]}", "7:31: error[text.integer]", ["99999999999999999999"]),
        ("{axes=[1]}", "{axes=[2]}", "7:11: error[broadcast.axes]", ["broadcast"]),
        ("%x, %wide", "%x, %wider", "8:21: error[text.undefined-value]", ["%wider"]),
        ("%x, %wide", "%x, %w", "8:8: error[multiply.same-type]", ["f32[4,3]", "f32[3]"]),
        ("f32[3] parameter", "f16[3] parameter", "5:14: error[text.unknown-type]", ["f16", "f32"]),
        ("f32[3] parameter", "f32[-3] parameter", "5:14: error[type.extent]", ["[-3]"]),
        ("f32[3] parameter", "f32[99999999,99999999] parameter", "5:14: error[type.size]", ["2^40"]),
        ("%chosen : f32[2,3]", "%chosen : f32[2,4]", "9:32: error[text.result-type]", ["f32[2,3]", "f32[2,4]"]),
        ("%chosen : i32[2]", "%chosen : f32[2]", "9:11: error[gather.indices]", ["i32", "f32"]),
        ("output rows", "output y", "11:10: error[verify.output-name]", ["output y"]),
    ]) func placeOfTheMistakeIsShown(_ old: String, _ new: String, _ start: String, _ mentions: [String]) throws {
        let text = Fixtures.graphText.replacingOccurrences(of: old, with: new)
        try expect(text, "a.dg:\(start)", mentions)
    }

    /// There is no line to show at the end of a text.
    @Test(arguments: [("", "1:1: error[text.header]"), (String(Fixtures.graphText.dropLast(2)), "12:1: error[text.expected]")])
    func earlyEndIsNamed(_ text: String, _ start: String) throws {
        try expect(text, "a.dg:\(start)", ["the end of the file"], hasPlace: false)
    }

    /// Kernels and programs that are written by hand: what a verifier finds is shown where it stands.
    @Test(arguments: [
        (["slice %b : f32[2] workspace 64", "slice %b : f32[2] workspace 0"], "11:8: error[program.race]: program @p, b: "),
        (["step 1 %y = add %a, %b", "step 0 %y = add %a, %b"], "13:8: error[program.race]: program @p, y: "),
        (["step 0 %b = exp %x {tasks=1}", ""], "13:8: error[program.unwritten]: program @p, y: reads b, "),
        (["outputs 0", "outputs 8"], "8:29: error[program.alignment]: slice y: "),
        (["output y = %y", "output y = %a"], "14:10: error[program.region]: program @p, output y: "),
    ]) func placeInAProgramIsShown(_ change: [String], _ start: String) throws {
        let program = """
            dg 1 program

            program @p {
              workspace 128 bound 128
              slice %x : f32[2] inputs 0 live 0..1
              slice %a : f32[2] workspace 0 live 0..1
              slice %b : f32[2] workspace 64 live 0..1
              slice %y : f32[2] outputs 0 live 1..1
              input x = %x
              step 0 %a = tanh %x {tasks=1}
              step 0 %b = exp %x {tasks=1}

              step 1 %y = add %a, %b {tasks=1}
              output y = %y
            }

            """
        try #require(program.contains(change[0]))
        let folder = try TemporaryFolder()
        _ = try folder.write(program, as: "right.dg")
        try run(.dgc, "opt", "right.dg", "--passes", "plan-memory", in: folder.root).isRefused("passes.level")
        _ = try folder.write(program.replacingOccurrences(of: change[0], with: change[1]), as: "a.dg")
        let outcome = try run(.dgc, "opt", "a.dg", "--passes", "plan-memory", in: folder.root)
        #expect(outcome.status == 2 && outcome.output.isEmpty, outcome.summary)
        #expect(outcome.errors.hasPrefix("a.dg:\(start)"), outcome.summary)
        outcome.showsPlace()
    }

    @Test func bytesThatAreNoTextAreRefused() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Foundation.Data([0x64, 0x67, 0xff, 0xfe]), as: "a.dg")
        try run(.dgc, "dump", "a.dg", in: folder.root).isRefused("file.text", "a.dg", "UTF-8")
    }

    private func expect(_ text: String, _ start: String, _ mentions: [String], hasPlace: Bool = true) throws {
        try #require(text != Fixtures.graphText)
        let folder = try TemporaryFolder()
        _ = try folder.write(text, as: "a.dg")
        for arguments in [["compile", "a.dg", "-o", "a.plan"], ["dump", "a.dg"], ["dump", "a.dg", "--stage", "program"]] {
            let outcome = try run(.dgc, arguments, in: folder.root)
            #expect(!outcome.isSignal && outcome.status == 2 && outcome.output.isEmpty, outcome.summary)
            #expect(outcome.errors.hasPrefix(start), outcome.summary)
            for mention in mentions { #expect(outcome.errorLines.first?.contains(mention) == true, outcome.summary) }
            if hasPlace { outcome.showsPlace() } else { #expect(outcome.errorLines.count == 1, outcome.summary) }
        }
        #expect(try folder.names == ["a.dg"])
    }
}
