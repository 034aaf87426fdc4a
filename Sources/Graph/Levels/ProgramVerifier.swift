/// Proves that a program reads only what has been written, by executing it symbolically.
///
/// Shares no code with the planner, and takes nothing for granted: a program may come from a file.
/// 1. Slices have sound types (`type.*`), stand at multiples of 64 bytes (`program.alignment`), inside the workspace if they
///    belong to it (`program.range`), and live from an epoch to the same or a later one (`program.live`). The workspace is
///    at least as large as its lower bound (`program.workspace`, `program.bound`).
/// 2. Names are not empty; those of slices, of inputs and of outputs are unique (`program.name`).
/// 3. A slice shows its own content, or exactly the bytes of an earlier slice that does (`program.view`).
/// 4. Steps name existing slices (`program.step`), write at least one result, and write no views (`program.write`);
///    scratch memory lies in the workspace (`program.scratch`); a step that writes something has tasks (`program.tasks`).
/// 5. Epochs never decrease along the steps, and are no more than twice as many (`program.epoch`); a slice of the workspace
///    is used only in epochs in which it lives (`program.live`).
/// 6. Inputs and outputs name existing slices that are no views (`program.binding`), in the regions for them
///    (`program.region`).
/// 7. An update names a parameter or state, each at most once, and leaves its content in exactly that memory
///    (`program.update`).
/// 8. The results of one step lie apart, and a result lies apart from the step's operands or takes exactly the memory of
///    one (`program.overlap`).
/// 9. Within one epoch no step writes bytes that another step of the epoch reads or writes (`program.race`).
/// 10. Inputs lie apart (`program.inputs`). Walking the epochs, every written byte range is stamped with the content it
///     holds; a read must find all its bytes there (`program.unwritten`) and stamped with the content that it names
///     (`program.overwritten`). Scratch memory holds nothing after its step.
/// 11. A slice is written once; only the memory of an updated input a second time (`program.rewritten`).
/// 12. In the end each output holds what a step has written, or is an updated input that no step has touched, and each
///     other input holds what it held at the start (`program.unwritten`, `program.overwritten`).
public enum ProgramVerifier {
    /// - Throws: the first broken rule, as a compiler bug.
    public static func verify(_ program: Program) throws(Diagnostic) {
        try asBug("program @\(program.name)") { () throws(Diagnostic) in try check(program) }
    }

    /// - Throws: the first broken rule; its subject is a part of the program, by the name that `ProgramPlaces` knows.
    static func check(_ program: Program) throws(Diagnostic) {
        let structure = try ProgramStructure(program)
        try ProgramAccesses(structure).check()
        var execution = ProgramExecution(structure)
        try execution.run()
    }

    /// Verifies the entries of one plan, which share the memory of parameters and state.
    ///
    /// 13. Their names are unique (`program.name`).
    /// 14. A parameter or state has the same place and type in all of them, and no two share memory (`program.shared`).
    public static func verify(_ programs: [Program]) throws(Diagnostic) {
        for program in programs { try verify(program) }
        try asBug("plan") { () throws(Diagnostic) in try checkShared(programs) }
    }

    private static func checkShared(_ programs: [Program]) throws(Diagnostic) {
        var names: Set<String> = []
        var shared: [String: Program.Slice] = [:]
        for program in programs {
            try ProgramRules.require(
                names.insert(program.name).inserted, "program.name", "program @\(program.name)", "names of programs are unique")
            for input in program.inputs {
                let slice = program.slices[input.slice]
                guard slice.region == .parameters || slice.region == .state else { continue }
                let known = shared[input.name, default: slice]
                try ProgramRules.require(
                    known.region == slice.region && known.offset == slice.offset && known.type == slice.type, "program.shared",
                    "program @\(program.name), input \(input.name)", "entries agree on where it is",
                    expected: known.place, found: slice.place)
                shared[input.name] = slice
            }
        }
        try checkApart(shared)
    }

    private static func checkApart(_ inputs: [String: Program.Slice]) throws(Diagnostic) {
        let sorted = inputs.filter { !$0.value.byteRange.isEmpty }.sorted {
            ($0.value.region.index, $0.value.offset, $0.key) < ($1.value.region.index, $1.value.offset, $1.key)
        }
        for (first, second) in zip(sorted, sorted.dropFirst()) where first.value.region == second.value.region {
            try ProgramRules.require(
                first.value.byteRange.upperBound <= second.value.offset, "program.shared", "input \(second.key)",
                "parameters and states lie apart", found: "the memory of \(first.key)")
        }
    }

    /// Runs checks whose failure is a compiler bug about `subject`.
    static func asBug(_ subject: String, _ check: () throws(Diagnostic) -> Void) throws(Diagnostic) {
        do throws(Diagnostic) {
            try check()
        } catch {
            var bug = error
            bug.kind = .compilerBug
            bug.subject = "\(subject), \(error.subject)"
            throw bug
        }
    }
}

extension Program.Slice {
    /// Type and place, for messages.
    var place: String { "\(type) at \(region.rawValue) \(offset)" }

    /// Whether this and the other slice are the same bytes.
    func isSameMemory(as other: Program.Slice) -> Bool {
        region == other.region && byteRange == other.byteRange
    }
}
