import Graph
import Testing

@Suite struct ProgramVerifierTests {
    private static func sound() throws -> Program { try Program.parseAll(try ProgramTextTests.golden(), file: "train")[0] }

    private static func kernels() throws -> KernelGraph {
        try KernelGraph.parse(try KernelTextTests.golden("train"), file: "train")
    }

    private static func diagnostic(_ body: () throws(Diagnostic) -> Void) -> Diagnostic? {
        do throws(Diagnostic) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    private static func diagnostic(_ program: Program) -> Diagnostic? {
        diagnostic { () throws(Diagnostic) in try ProgramVerifier.verify(program) }
    }

    @Test func soundProgramPasses() throws {
        let program = try Self.sound()
        try ProgramVerifier.verify(program)
        try ProgramVerifier.verify(program, implements: try Self.kernels())
        var other = program
        other.name = "other"
        try ProgramVerifier.verify([program, other])
    }

    // MARK: Damage

    private typealias Damage = (id: String, damage: @Sendable (inout Program) -> Void)

    /// Slices: 0 x, 1 w, 2 m, 3 w.matrix, 4 h, 5 h.flat, 6 e, 7 s, 8 u, 9 t, 10 w.next, 11 m.next, 12 y, 13 s.scratch.
    private static let damages: [Damage] = structure + memory

    private static let structure: [Damage] = [
        ("program.name", { $0.name = "" }),
        ("program.name", { $0.slices[0].name = "" }),
        ("program.name", { $0.slices[9].name = "u" }),
        ("program.name", { $0.inputs[1].name = "x" }),
        ("program.name", { $0.inputs[1].name = "" }),
        ("program.name", { $0.outputs[1].name = "y" }),
        ("program.name", { $0.steps[0].label = "" }),
        ("program.name", { $0.steps[0].kernel = "" }),
        ("type.extent", { $0.slices[0].type.shape = [-4, -4] }),
        ("type.size", { $0.slices[0].type.shape = [1 << 62, 4] }),
        ("program.alignment", { $0.slices[6].offset = 65 }),
        ("program.alignment", { $0.slices[6].offset = -64 }),
        ("program.alignment", { $0.slices[6].offset = .max - 63 }),
        ("program.range", { $0.slices[13].offset = 256 }),
        ("program.range", { $0.slices[13].type.shape = [65] }),
        ("program.range", { $0.workspaceBytes = 255; $0.lowerBoundBytes = 0 }),
        ("program.workspace", { $0.workspaceBytes = -1 }),
        ("program.workspace", { $0.workspaceBytes = .max }),
        ("program.bound", { $0.lowerBoundBytes = 257 }),
        ("program.bound", { $0.lowerBoundBytes = -1 }),
        ("program.live", { $0.slices[4].live = -1...1 }),
        ("program.live", { $0.slices[4].live = 0...Int.max }),
        ("program.live", { $0.slices[4].live = 0...0; $0.slices[5].live = 0...0 }),
        ("program.live", { $0.slices[9].live = 4...4 }),
        ("program.live", { $0.slices[13].live = 2...2 }),
        ("program.view", { $0.slices[5].storage = "nothing" }),
        ("program.view", { $0.slices[4].storage = "h.flat" }),
        ("program.view", { $0.slices[5].storage = "w.matrix" }),
        ("program.view", { $0.slices[5].offset = 64 }),
        ("program.view", { $0.slices[5].type.shape = [15] }),
        ("program.view", { $0.slices[5].type.elementType = .i32 }),
        ("program.view", { $0.slices[3].region = .state }),
        ("program.step", { $0.steps[0].writes[0] = 99 }),
        ("program.step", { $0.steps[0].reads[0] = -1 }),
        ("program.write", { $0.steps[0].writes = [] }),
        ("program.write", { $0.steps[0].writes[0] = 5 }),
        ("program.write", { $0.steps[2].scratch = 2 }),
        ("program.scratch", { $0.steps[2].scratch = 3 }),
        ("program.scratch", { $0.steps[2].scratch = -1 }),
        ("program.scratch", { $0.slices[13].region = .outputs }),
        ("program.tasks", { $0.steps[0].tasks = 0 }),
        ("program.tasks", { $0.steps[0].tasks = -1 }),
        ("program.tasks", { $0.steps[0].tasks = .max }),
        ("program.epoch", { $0.steps[0].epoch = -1 }),
        ("program.epoch", { $0.steps[8].epoch = .max }),
        ("program.epoch", { $0.steps[8].epoch = 2 * $0.steps.count + 1 }),
        ("program.epoch", { $0.steps.swapAt(1, 2) }),
        ("program.binding", { $0.inputs[0].slice = 99 }),
        ("program.binding", { $0.outputs[0].slice = -1 }),
        ("program.binding", { $0.inputs[1].slice = 3 }),
        ("program.region", { $0.slices[0].region = .workspace; $0.inputs[0].slice = 4 }),
        ("program.region", { $0.outputs[0].slice = 9 }),
        ("program.region", { $0.outputs[1].updates = nil }),
        ("program.update", { $0.inputs[0].updates = 0 }),
        ("program.update", { $0.outputs[1].updates = 3 }),
        ("program.update", { $0.outputs[1].updates = -1 }),
        ("program.update", { $0.outputs[2].updates = 1 }),
        ("program.update", { $0.outputs[0].updates = 0 }),
        ("program.update", { $0.outputs[1].updates = 2; $0.outputs.remove(at: 2) }),
        ("program.update", { $0.slices[10].offset = 64 }),
        ("program.update", { $0.slices[10].type.shape = [4, 4] }),
    ]

    private static let memory: [Damage] = [
        // Results of one step and its operands.
        ("program.overlap", { $0.slices[13].offset = 128 }),
        ("program.overlap", { $0.slices[13].offset = 0 }),
        ("program.overlap", { $0.slices[8].type.shape = [15] }),
        ("program.overlap", { $0.steps[3].reads.append(7) }),
        // Steps side by side.
        ("program.race", { $0.slices[6].offset = 0 }),
        ("program.race", { $0.slices[12].offset = 0 }),
        ("program.race", { $0.steps[7].reads.append(1) }),
        // The memory of inputs.
        ("program.inputs", { $0.slices[0].region = .state }),
        ("program.inputs", { $0.inputs.append(Program.Binding(name: "again", slice: 0)) }),
        ("program.update", { $0.slices[2].offset = 64; $0.slices[1].region = .state; $0.slices[3].region = .state }),
        ("program.overwritten", { $0.outputs.remove(at: 1) }),
        ("program.overwritten", { $0.outputs.remove(at: 2) }),
        ("program.overwritten", { $0.steps[8].writes = [1] }),
        // Contents that are gone, late or missing.
        ("program.unwritten", { $0.inputs.removeFirst(); $0.outputs = [] }),
        ("program.unwritten", { $0.steps.remove(at: 0) }),
        ("program.unwritten", { $0.steps.remove(at: 2) }),
        ("program.unwritten", { $0.steps.remove(at: 7) }),
        ("program.overwritten", { $0.slices[9].offset = 128; $0.steps[5].reads.append(8); $0.slices[8].live = 2...5 }),
        ("program.overwritten", { $0.slices[7].offset = 64 }),
        ("program.overwritten", { $0.steps[8].reads = [1] }),
        ("program.unwritten", { program in
            program.slices[13].live = 1...2
            program.steps[3].reads.append(13)
        }),
        ("program.rewritten", { program in
            program.steps[8].writes = [12]
            program.outputs.removeLast()
        }),
        ("program.rewritten", { program in
            program.steps.append(program.steps[8])
            program.steps[9].epoch = 6
        }),
    ]

    @Test(arguments: damages.indices) func damageIsFound(_ index: Int) throws {
        var program = try Self.sound()
        Self.damages[index].damage(&program)
        let error = try #require(Self.diagnostic(program), "damage \(index)")
        #expect(error.id == Self.damages[index].id, "damage \(index): \(error)")
        #expect(error.exitCode == 3)
        // What is refused can be looked at.
        #expect(program.text.hasPrefix("dg 1 program\n\nprogram @"))
    }

    /// What a text says wrong is shown where it says it: on the line of the part that the message names.
    @Test(arguments: damages.indices) func damageInTextHasAPlace(_ index: Int) throws {
        var program = try Self.sound()
        Self.damages[index].damage(&program)
        // Some damage cannot be written: a reference to nothing, or an update of no input.
        let slices = program.steps.flatMap { $0.writes + $0.reads } + (program.inputs + program.outputs).map(\.slice)
        guard slices.allSatisfy(program.slices.indices.contains),
            program.outputs.allSatisfy({ $0.updates.map(program.inputs.indices.contains) ?? true })
        else { return }
        let text = program.text
        let found = Self.diagnostic { () throws(Diagnostic) in _ = try Program.parseVerified(text, file: "sample.dg") }
        // A text has no scratch memory before its results, no updating inputs, and so on: then it says something sound.
        guard let error = found else {
            #expect(try Program.parseVerified(text, file: "sample.dg") != program)
            return
        }
        #expect(error.exitCode == 2)
        let location = try #require(error.location, "\(error)")
        guard error.id.hasPrefix("program.") else { return }
        let isWorkspace = error.id == "program.workspace" || error.id == "program.bound"
        let name = isWorkspace ? "workspace" : error.subject.split(separator: " ").last.map(String.init) ?? ""
        #expect(location.lineText.contains(name), "\(error)")
    }

    @Test func everyRuleIsProvoked() throws {
        let files = ["ProgramVerifier", "ProgramVerifier+Kernels"].map { "Sources/Graph/Levels/\($0).swift" }
        let promised = try promisedRules(in: files, prefix: "program.")
        #expect(promised.count == 28)
        let provoked = Self.damages.map(\.id) + Self.unfaithful.map(\.id) + ["program.shared"]
        #expect(promised.subtracting(provoked).sorted() == [])
    }

    // MARK: Order

    /// The sound program where every slice lives all the time, so that only what happens to memory can be wrong.
    private static func longLived() throws -> Program {
        var program = try sound()
        for index in program.slices.indices { program.slices[index].live = 0...9 }
        return program
    }

    @Test(arguments: 1...5) func noBarrierCanBeDropped(_ epoch: Int) throws {
        for sound in [try Self.sound(), try Self.longLived()] {
            var program = sound
            for index in program.steps.indices where program.steps[index].epoch >= epoch { program.steps[index].epoch -= 1 }
            #expect(Self.diagnostic(program) != nil)
        }
    }

    @Test func noStepsOfDifferentEpochsCanBeSwapped() throws {
        let sound = try Self.longLived()
        for (first, second) in Self.pairs(sound.steps.indices) where sound.steps[first].epoch != sound.steps[second].epoch {
            var program = sound
            program.steps.swapAt(first, second)
            program.steps[first].epoch = sound.steps[first].epoch
            program.steps[second].epoch = sound.steps[second].epoch
            #expect(Self.diagnostic(program) != nil, "steps \(first) and \(second)")
        }
    }

    @Test func stepsOfOneEpochCanBeSwapped() throws {
        var program = try Self.sound()
        program.steps.swapAt(5, 7)
        program.steps.swapAt(0, 1)
        try ProgramVerifier.verify(program, implements: try Self.kernels())
    }

    @Test func noStepCanBeDropped() throws {
        for position in try Self.sound().steps.indices {
            var program = try Self.longLived()
            program.steps.remove(at: position)
            let kernels = try Self.kernels()
            let error = Self.diagnostic { () throws(Diagnostic) in
                try ProgramVerifier.verify(program, implements: kernels)
            }
            #expect(error != nil, "step \(position)")
        }
    }

    private static func pairs(_ indices: Range<Int>) -> [(Int, Int)] {
        indices.flatMap { first in indices.filter { $0 > first }.map { (first, $0) } }
    }

    // MARK: Places

    /// Moves each storage of the workspace, with its views, onto each other one that holds its content at the same time.
    @Test func noSliceCanBeMovedOntoALiveOne() throws {
        let sound = try Self.longLived()
        // From the epoch that writes the content to the last one that reads it.
        let held: [Int: ClosedRange<Int>] = [4: 0...1, 6: 0...2, 7: 1...2, 8: 2...3, 9: 3...4, 13: 1...1]
        // A step may take over its operand's memory: whether it is elementwise is for the planner to know.
        let inPlace: Set<Set<Int>> = [[4, 7], [6, 8], [7, 8], [8, 9]]
        for (slice, times) in held {
            for (other, otherTimes) in held
            where other != slice && times.overlaps(otherTimes) && !inPlace.contains([slice, other]) {
                var program = sound
                for index in sound.slices.indices where sound.slices[index].storage == sound.slices[slice].name {
                    program.slices[index].offset = sound.slices[other].offset
                }
                #expect(Self.diagnostic(program) != nil, "\(sound.slices[slice].name) onto \(sound.slices[other].name)")
            }
        }
    }

    @Test func freePlacesCanBeTaken() throws {
        var program = try Self.sound()
        program.workspaceBytes = 320
        program.slices[9].offset = 256
        try ProgramVerifier.verify(program, implements: try Self.kernels())
    }

    @Test func emptySlicesTouchNothing() throws {
        let text = """
            dg 1 program
            program @empty {
              workspace 0 bound 0
              slice %x : f32[0] inputs 0 live 0..0
              slice %y : f32[0,3] outputs 0 live 0..0
              slice %z : f32[1] outputs 0 live 0..0
              slice %v : f32[0] outputs 0 live 0..0 of %y
              input x = %x
              step 0 %y = k %x {tasks=0}
              step 0 %z = l %x {tasks=1}
              output y = %y
              output z = %z
            }
            """
        var program = try Program.parseAll(text, file: "empty")[0]
        try ProgramVerifier.verify(program)
        program.steps[0].reads = [3]
        #expect(Self.diagnostic(program)?.id == "program.unwritten")
        program.steps.removeFirst()
        #expect(Self.diagnostic(program)?.id == "program.unwritten")
    }

    /// An update may leave its input as it is.
    @Test func untouchedUpdatePasses() throws {
        let text = """
            dg 1 program
            program @same {
              workspace 0 bound 0
              slice %w : f32[2] parameters 0 live 0..0
              input w = %w
              output w = %w updates w
            }
            """
        try ProgramVerifier.verify(try Program.parseAll(text, file: "same"))
    }

    // MARK: Several programs

    @Test func entriesShareParameters() throws {
        let first = try Self.sound()
        func error(_ change: (inout Program) -> Void) -> Diagnostic? {
            var second = first
            second.name = "other"
            change(&second)
            return Self.diagnostic { () throws(Diagnostic) in try ProgramVerifier.verify([first, second]) }
        }
        #expect(error { $0.name = "train" }?.id == "program.name")
        #expect(error { program in for slice in [1, 3, 10] { program.slices[slice].offset = 64 } }?.id == "program.shared")
        #expect(error { $0.inputs[1].name = "other" }?.id == "program.shared")
        #expect(error { $0.slices[2].type.elementType = .i32 }?.id == "program.shared")
        #expect(error { $0.inputs[0].name = "other" } == nil)
    }

    // MARK: Kernels

    /// Sound programs that compute something else.
    private static let unfaithful: [Damage] = [
        ("program.tensor", { $0.slices[6].type.shape = [15] }),
        ("program.tensor", { $0.slices[6].type.shape = [4, 4] }),
        ("program.tensor", { $0.slices[12].type.shape = [2] }),
        ("program.tensor", { $0.slices[5].storage = "h.flat" ; $0.steps[2].reads = [4] }),
        ("program.interface", { $0.inputs.swapAt(1, 2); $0.outputs[1].updates = 2; $0.outputs[2].updates = 1 }),
        ("program.interface", { $0.inputs[0].name = "other" }),
        ("program.interface", { $0.slices[0].region = .parameters; $0.slices[0].offset = 64 }),
        ("program.interface", { program in
            let type = TensorType(.f32, [1])
            program.slices.append(Program.Slice(name: "more", type: type, region: .inputs, offset: 64, live: 0...0))
            program.inputs.append(Program.Binding(name: "more", slice: 14))
        }),
        ("program.interface", { $0.outputs.swapAt(0, 1) }),
        ("program.interface", { $0.outputs.removeFirst() }),
        ("program.operands", { $0.steps[0].reads.swapAt(0, 1) }),
        ("program.operands", { $0.steps[4].reads = [6]; $0.slices[6].live = 0...3 }),
        ("program.operands", { $0.steps[7].reads = [9, 9] }),
        ("program.kernel", { $0.steps.remove(at: 7); $0.outputs.removeFirst() }),
        ("program.kernel", { program in
            program.slices[13].name = "scratch"
            program.slices[13].storage = "scratch"
            program.steps[7].writes = [13]
            program.slices[13].live = 0...9
            program.outputs.removeFirst()
        }),
        ("program.copy", { $0.steps[8].reads = [11, 12] }),
        ("program.copy", { $0.steps[8].reads = [12] }),
        ("program.output", { $0.steps.removeLast() }),
        ("program.output", { $0.steps[8].reads = [10] }),
    ]

    @Test(arguments: unfaithful.indices) func unfaithfulProgramIsFound(_ index: Int) throws {
        var program = try Self.sound()
        Self.unfaithful[index].damage(&program)
        let kernels = try Self.kernels()
        let error = Self.diagnostic { () throws(Diagnostic) in try ProgramVerifier.verify(program, implements: kernels) }
        #expect(error?.id == Self.unfaithful[index].id, "damage \(index): \(String(describing: error))")
    }
}
