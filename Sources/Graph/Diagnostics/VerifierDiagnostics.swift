extension DiagnosticArea {
    static let verifier = DiagnosticArea(
        "verify", "what holds for every graph, before and after each pass",
        [
            bug("verify.body-name", "The body of a loop is named `body`."),
            DiagnosticPage(
                "verify.body-role", "An input of a body has a role.",
                when: "An input inside a `scan` is marked parameter or state.",
                fix: "Mark the input of the outer graph, and hand its value to the loop as an operand."),
            DiagnosticPage(
                "verify.body-updates", "An output of a body updates something.", when: "`updates` stands inside a `scan`.",
                fix: "Carry the value through the loop, and update with the loop's result."),
            bug("verify.definition", "A value records another place of definition than the one where it is defined."),
            bug("verify.name", "Two values have one name, or a value has none."),
            bug("verify.nesting", "Bodies stand in each other more than 16 deep."),
            bug("verify.numbering", "Values are not numbered in the order of their definition."),
            DiagnosticPage(
                "verify.output-name", "Two outputs have one name, or an output has none.",
                when: "A name stands after `output` twice.",
                fix: "Give each output a name of its own."),
            bug("verify.result-count", "An instruction has another number of results than its operation gives."),
            bug("verify.result-type", "A result has another type than its operation gives."),
            DiagnosticPage(
                "verify.updates-input", "`updates` names no input.", when: "A value or an output stands where an input belongs.",
                fix: "Name a parameter or state of the same graph."),
            DiagnosticPage(
                "verify.updates-once", "An input is updated twice.", when: "Two outputs name the same input after `updates`.",
                fix: "Combine both values into one output."),
            DiagnosticPage(
                "verify.updates-role", "Data is updated.", when: "`updates` names an input that is neither parameter nor state.",
                fix: "Write `parameter` or `state` after the type of the input."),
            DiagnosticPage(
                "verify.updates-type", "An update has another type than its input.",
                when: "The new value is written where the old one stands, so both have one type.",
                fix: "Compute the new value in the type of the input, with `reshape` or `convert`."),
            bug("verify.use-before-definition", "An instruction uses a value that is defined later."),
            bug("verify.value-range", "An instruction names a value that does not exist."),
        ])

    static let kernels = DiagnosticArea(
        "kernels", "what holds for every graph of kernels",
        [
            bug("kernels.body-name", "The body of a kernel is named `body`."),
            rule(
                "kernels.body-role", "An input of a kernel's body has a role.",
                fix: "Only inputs of the kernel graph have roles."),
            rule(
                "kernels.blocks", "Blocks of rows are out of order, empty, outside an inner range, or without rows.",
                fix: "Write `blocks=[[first,end,rows]]`: nodes of one inner range (of the body where there is none), at least one row."),
            rule("kernels.decision", "A decision names no value.", fix: "Write the value before the reason."),
            rule(
                "kernels.form", "A kernel's form does not suit the operation that its body ends with.",
                fix: "A reduction ends with `reduce`, a product with `dot`, a loop with `scan`; other bodies are pointwise."),
            rule(
                "kernels.inner", "Ranges of nodes that run together are out of order, empty or outside the body.",
                fix: "Ranges in `inner` ascend, do not overlap, and count the nodes of the body from 0."),
            rule("kernels.kernel-name", "Two kernels have one name, or a kernel has none.", fix: "Set `name=@other`."),
            bug("kernels.name", "Two tensors have one name, or a tensor has none."),
            bug("kernels.numbering", "Tensors are not numbered in the order of their definition."),
            rule(
                "kernels.operand-types", "A kernel's operands do not have the types of its body's inputs.",
                fix: "Operands and inputs of the body correspond in order."),
            bug("kernels.order", "A kernel was to be formed of a value that has no memory."),
            bug("kernels.origin", "A tensor records another origin than the one that it has."),
            rule("kernels.output-name", "Two outputs have one name, or an output has none.", fix: "Rename one of them."),
            rule(
                "kernels.output-origin", "An output is not memory that a kernel writes for it alone.",
                fix: "Return the result of a kernel, of no view and for no other output, or the input that is updated."),
            rule(
                "kernels.result-shape", "The results of a pointwise kernel have different shapes.",
                fix: "One loop stores all results; a result of another shape needs a kernel of its own."),
            rule(
                "kernels.result-types", "A kernel's results do not have the types of its body's outputs.",
                fix: "Results and outputs of the body correspond in order."),
            rule(
                "kernels.root", "A body does not return what its last operation computes.",
                fix: "Return the results of the last operation; pointwise and tiled kernels may return others too."),
            rule(
                "kernels.tasks", "Tasks do not share the tiles of a kernel equally.",
                fix: "`tasks` divides the number of tiles, and needs `tiles=1`."),
            bug("kernels.tensor-range", "A kernel, view or output names a tensor that does not exist."),
            rule(
                "kernels.tiles", "The tiles of a kernel do not fit its results.",
                fix: "A kernel of the form tiles says `tiles=N`, and its results have the first N axes in common; no "
                    + "other form does."),
            rule("kernels.updates-input", "`updates` names no input.", fix: "Name an input of the kernel graph."),
            rule("kernels.updates-once", "An input is updated twice.", fix: "Let one output update it."),
            rule("kernels.updates-role", "Data is updated.", fix: "Only inputs with the role parameter or state are updated."),
            rule("kernels.updates-type", "An update has another type than its input.", fix: "Give both one type."),
            bug("kernels.use-before-definition", "A kernel or view uses a tensor that is defined later."),
            rule(
                "kernels.view-type", "A view does not have the elements of its source.",
                fix: "A view has the element type and the number of elements of its source."),
        ])

    static let programs = DiagnosticArea(
        "program", "what holds for every program: its memory, steps and barriers",
        [
            rule("program.alignment", "An offset is not a multiple of 64 bytes.", fix: "Round the offset up."),
            rule(
                "program.binding", "An input or output is not a slice with content of its own.",
                fix: "Bind it to the storage itself."),
            rule(
                "program.bound", "The lower bound is larger than the workspace, or negative.",
                fix: "The bound is what all values alive in the fullest epoch take together."),
            bug("program.copy", "A step into the memory of an input does not copy one tensor of its type."),
            rule("program.epoch", "Epochs do not ascend along the steps, or most are empty.", fix: "Order the steps by their epochs, counted from 0."),
            rule("program.inputs", "Inputs share memory.", fix: "Give each input bytes of its own."),
            bug("program.interface", "The inputs or outputs of a program are not those of its kernels."),
            bug("program.kernel", "A kernel is computed by no step, or a step computes no kernel."),
            rule(
                "program.live", "A slice is used in an epoch in which it does not live, or its range is out of order.",
                fix: "The range after `live` spans all epochs of the steps that write or read the slice."),
            rule("program.name", "A name is empty, or stands twice.", fix: "Rename one of them."),
            bug("program.operands", "A step does not write the results of its kernel, or does not read its operands."),
            bug("program.output", "An output does not hold the tensor that the kernels return."),
            rule(
                "program.overlap", "A result shares bytes with another result or with an operand of the same step.",
                fix: "A result lies apart from the operands, or takes exactly the memory of one."),
            rule(
                "program.overwritten", "A step or output reads bytes that hold something else by then.",
                fix: "Another slice was given the memory too early: give one of them another offset, or write it later. The "
                    + "message names who reads, what is wanted and what is there."),
            rule(
                "program.race", "Two steps of one epoch touch the same bytes, and one of them writes.",
                fix: "Steps of one epoch run side by side: put one of them into a later epoch, which a barrier precedes, or give "
                    + "one slice another offset."),
            rule("program.range", "A slice ends outside the workspace.", fix: "Lower the offset, or enlarge the workspace."),
            rule(
                "program.region", "An input or output lies in a region that is not for it.",
                fix: "Inputs lie in parameters, state or inputs; outputs in outputs, unless they update an input."),
            rule(
                "program.rewritten", "A slice is written twice.",
                fix: "Give the second step a slice of its own; only the memory of an updated input is written again, once."),
            rule("program.scratch", "Scratch memory lies outside the workspace, or more of it is named than is written.",
                 fix: "Scratch slices are the last ones that a step writes, in the workspace."),
            bug("program.shared", "Entries of one plan disagree on where a parameter lies, or two parameters share memory."),
            rule("program.step", "A step names a slice that does not exist.", fix: "Declare the slice before the steps."),
            rule("program.tasks", "A step that writes something has no tasks, or too many.", fix: "Write `tasks=1` or more."),
            bug("program.tensor", "A slice has another type or storage than the tensor that it holds."),
            rule("program.unwritten", "A step or output reads bytes that nobody has written.",
                 fix: "The step that writes them is missing, stands later, or is in the same epoch without a barrier between."),
            rule(
                "program.update", "An update does not leave its content in the memory of its input.",
                fix: "The output's slice has the type and the bytes of a parameter or state, which is updated once."),
            rule(
                "program.view", "A view is not the bytes of an earlier slice.",
                fix: "The slice after `of` stands above, shows its own content, and has the same offset, size and element type."),
            rule("program.workspace", "The size of the workspace is out of range.", fix: "Write 0 to 2^48 bytes."),
            rule("program.write", "A step writes nothing, or writes a view.", fix: "Write to the slice that owns the bytes."),
        ])

    private static func bug(_ id: String, _ meaning: String) -> DiagnosticPage { .bug(id, meaning) }

    /// The page of a rule that a text can break as well as a pass.
    private static func rule(_ id: String, _ meaning: String, fix: String) -> DiagnosticPage {
        DiagnosticPage(
            id, meaning,
            when: "A text that was written or changed by hand breaks the rule. After a pass, when the message begins with "
                + "`compiler bug`, the pass did.",
            fix: "\(fix) Report a compiler bug with the command and the files that led to it.")
    }
}

extension [DiagnosticArea] {
    /// Of everything that reads, builds or verifies the three representations.
    public static var graph: [DiagnosticArea] {
        [.text, .types, .operations, .verifier, .kernels, .programs]
    }
}
