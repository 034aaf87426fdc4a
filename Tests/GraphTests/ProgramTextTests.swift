import Graph
import Testing

@Suite struct ProgramTextTests {
    static func golden() throws -> String { try TestFiles.read("Tests/Golden/levels/train.program.dg") }

    @Test func fileComesBackToTheByte() throws {
        let text = try Self.golden()
        let programs = try Program.parseAll(text, file: "train")
        #expect(programs.count == 1)
        try ProgramVerifier.verify(programs)
        #expect(Program.text(of: programs) == text)
        #expect(programs[0].text == text)
        let step = programs[0].steps[2]
        #expect(step.writes == [7, 13] && step.scratch == 1 && step.reads == [5])
        #expect(programs[0].steps[8].label == "m.update")
        #expect(programs[0].outputs[1].updates == 1)
        #expect(programs[0].epochs == 6)
    }

    @Test func severalProgramsComeBack() throws {
        var programs = try Program.parseAll(try Self.golden(), file: "train")
        programs.append(Program(name: "not used"))
        programs.append(programs[0])
        programs[2].name = "größe"
        programs[2].steps[0].kernel = "//"
        programs[2].steps[0].label = "a \"label\"\n"
        programs[2].slices[0].name = "%"
        programs[2].slices[0].storage = "%"
        programs[2].inputs[1].name = ":w"
        try ProgramVerifier.verify(programs[2])
        let text = Program.text(of: programs)
        #expect(try Program.parseAll(text, file: "printed") == programs)
        #expect(text.contains("\nprogram @\"not used\" {\n  workspace 0 bound 0\n}\n\nprogram @\"größe\" {\n"))
        #expect(text.contains(#"step 0 %h = "//" %"%", %w.matrix {tasks=1, label=@"a \"label\"\n"}"#))
        #expect(text.contains("output w = %w.next updates \":w\"\n"))
    }

    @Test func noProgramsComeBack() throws {
        #expect(Program.text(of: []) == "dg 1 program\n")
        #expect(try Program.parseAll("dg 1 program\n", file: "none") == [])
    }

    @Test func layoutIsFree() throws {
        let text = """
            dg 1 program // of two entries
            program @a{
            workspace 64 bound 0

            slice %x :f32[ 2 ]inputs 0 live 0..007 // comment
            slice %"y":f32[2] outputs 064 live 0..1
            }
            """
        let canonical = """
            dg 1 program

            program @a {
              workspace 64 bound 0
              slice %x : f32[2] inputs 0 live 0..7
              slice %y : f32[2] outputs 64 live 0..1
            }

            """
        #expect(Program.text(of: try Program.parseAll(text, file: "free")) == canonical)
    }

    // MARK: Errors

    private static let refused = "Tests/Golden/levels/refused.program.dg"

    @Test(arguments: try RefusedText.all(in: refused))
    func refusedWithIdAndPlace(_ sample: RefusedText) throws {
        var found: Diagnostic?
        do throws(Diagnostic) {
            _ = try Program.parseAll(sample.text, file: "sample.dg")
        } catch {
            found = error
        }
        try sample.expect(found)
    }

    // MARK: Damage

    /// Whatever is read can be printed, read again and verified without harm.
    private func survive(_ text: String) {
        let programs: [Program]
        do throws(Diagnostic) {
            programs = try Program.parseAll(text, file: "damaged")
        } catch {
            #expect(error.location != nil, "\(error)")
            return
        }
        #expect((try? Program.parseAll(Program.text(of: programs), file: "printed")) == programs, "\(text)")
        do throws(Diagnostic) {
            _ = try Program.parseVerified(text, file: "damaged")
        } catch {
            #expect(error.location != nil && error.kind == .userError, "\(error)")
        }
        for program in programs { #expect(program.slices.allSatisfy { $0.byteRange.upperBound >= 0 }) }
    }

    @Test func truncated() throws {
        for text in DamagedText.truncations(try Self.golden()) { survive(text) }
    }

    @Test func lines() throws {
        let others = ["}", "{", "  slice %q : f32[2] workspace 0 live 0..0", "program @q {", "  workspace 0 bound 0"]
        for text in DamagedText.lines(try Self.golden(), others: others) { survive(text) }
    }

    @Test func words() throws {
        let others = [
            "9223372036854775807", "-9223372036854775808", "-1", "0", "64", "x", "%", "\"", "{", "=", ",", "scratch",
            "workspace", "outputs", "of", "0..0", "5..1", "0..", "-1..1", "0..9223372036854775807", "f64", "//",
        ]
        for text in DamagedText.words(try Self.golden(), others: others) { survive(text) }
    }

    // MARK: Size

    /// Many steps of one epoch that read one slice: nothing may compare them pair by pair.
    @Test(.timeLimit(.minutes(1))) func bigProgramIsFast() throws {
        let count = 20_000
        var program = Program(name: "wide")
        let type = TensorType(.f32, [16])
        program.workspaceBytes = 64 * count
        program.slices = [Program.Slice(name: "x", type: type, region: .inputs, offset: 0, live: 0...1)]
        program.inputs = [Program.Binding(name: "x", slice: 0)]
        for number in 1...count {
            let offset = 64 * (number * 7919 % count)
            program.slices.append(
                Program.Slice(name: "a/\(number)", type: type, region: .workspace, offset: offset, live: 0...1))
            program.steps.append(
                Program.Step(
                    kernel: "k", writes: [number], reads: [0], scratch: 0, tasks: 1, epoch: 0, label: "a/\(number)"))
        }
        try ProgramVerifier.verify(program)
        let text = program.text
        #expect(try Program.parseAll(text, file: "wide") == [program])
    }
}
