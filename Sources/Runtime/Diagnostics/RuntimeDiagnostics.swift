import Graph

extension DiagnosticArea {
    static let plan = DiagnosticArea(
        "plan", "compiled plans",
        [
            DiagnosticPage(
                "plan.batch", "The plan has no entry for this batch size.",
                when: "Sizes are fixed when a plan is compiled, and the data need another batch or remainder.",
                fix: "Compile with `--data` and this data set, or with `--batch N`."),
            DiagnosticPage(
                "plan.entries", "Manifest and programs name different entries.",
                when: "A file of the plan was changed or replaced.",
                fix: compile),
            .bug("plan.entry", "The compiled kernels have no entry of this number."),
            DiagnosticPage(
                "plan.format", "The plan has the format of another version.", when: "Another version of dgc compiled it.",
                fix: compile),
            DiagnosticPage(
                "plan.hash", "A file of the plan is not the one that was compiled.",
                when: "A file was changed, damaged or copied in part. A plan is code, so nothing of it is loaded then.",
                fix: compile),
            DiagnosticPage(
                "plan.file-kind", "A file of the plan is a link or a device.",
                when: "The folder was put together by hand: a link could lead out of it, and a pipe might never end.",
                fix: "Copy the files themselves, or compile the plan again."),
            DiagnosticPage(
                "plan.incomplete", "The plan lacks a file.", when: "The folder was copied in part, or is no plan.", fix: compile),
            DiagnosticPage(
                "plan.kind", "The plan is not of the kind that is needed.",
                when: "The plan of a plain graph is to be trained or evaluated, or dumped from a specification.",
                fix: "Compile a specification; plain graphs are run with `dgrun run`."),
            DiagnosticPage(
                "plan.library", "The compiled kernels cannot be loaded.",
                when: "A library that they need is missing (the message has its name), or the C compiler wrote none.",
                fix: "Install libomp (Debian: libomp-dev), or compile the plan again on this machine."),
            DiagnosticPage(
                "plan.manifest", "The manifest cannot be read.", when: "It was changed by hand, or damaged.", fix: compile),
            DiagnosticPage(
                "plan.missing", "There is no such plan.", when: "A path is misspelled, or nothing was compiled.",
                fix: "Compile one: `dgc compile SPEC.json -o NAME.plan`."),
            DiagnosticPage(
                "plan.not-folder", "A plan is a folder, not a file.", when: "A file was named, perhaps one inside the plan.",
                fix: "Name the folder NAME.plan."),
            DiagnosticPage(
                "plan.parameter", "Manifest and programs disagree on a parameter.", when: "A file of the plan was changed.",
                fix: compile),
            DiagnosticPage(
                "plan.prediction", "The predicted costs do not fit the programs.", when: "The manifest was changed.",
                fix: compile),
            DiagnosticPage(
                "plan.processor", "The plan was compiled for another processor.",
                when: "Code is made for the processor that compiles it, and this one lacks something that it uses.",
                fix: "Compile the plan on this machine."),
            .bug("plan.slice", "A tensor of a kernel has no memory."),
            DiagnosticPage(
                "plan.stage", "The plan does not keep its graphs or kernel graphs.",
                when: "An older dgc compiled it, and kept only the programs.", fix: compile),
            DiagnosticPage(
                "plan.training", "A setting of training in the manifest is out of range.", when: "The manifest was changed.",
                fix: compile),
            DiagnosticPage(
                "plan.write", "The plan cannot be written.",
                when: "The folder around it is not there or may not be written, or something that is no plan stands in its "
                    + "place.",
                fix: "Choose another path, or remove what stands there."),
        ])

    static let run = DiagnosticArea(
        "run", "runs of a plan or of the interpreter",
        [
            DiagnosticPage(
                "run.entry", "The plan has no such entry.", when: "`--entry` names a computation that was not compiled.",
                fix: "Choose one of those that the message lists."),
            DiagnosticPage(
                "run.input-count", "A graph gets another number of inputs than it has.",
                when: "The interpreter is called with a list.",
                fix: "Give one tensor for each input, in order."),
            DiagnosticPage(
                "run.input-type", "An input has another type than the graph declares.",
                when: "A tensor was made for another graph.",
                fix: "Give the element type and shape that the message expects."),
            DiagnosticPage(
                "run.label", "A label is not a finite number.", when: "The labels of the inputs hold NaN or an infinity.",
                fix: "Mend the label that the message names."),
            DiagnosticPage(
                "run.memory", "A graph is too large to be interpreted.",
                when: "A check runs the interpreter, which keeps every value, and all of them together are larger than the machine's memory.",
                fix: "Check a graph of the same form with smaller sizes."),
            DiagnosticPage(
                "run.missing-input", "An input is not given.", when: "The file of the inputs lacks a tensor of this name.",
                fix: "Write a tensor of the expected shape under the name of the input; `dgc dump` lists the inputs.",
                example: "error[run.missing-input]: in.safetensors: the file has no tensor x; expected f32[4,8]"),
            DiagnosticPage(
                "run.shape", "A tensor has another shape than the input.", when: "The plan was compiled for other sizes.",
                fix: "Bring the tensor to the expected shape, or compile for its sizes."),
            .bug("run.tensor", "An entry has no tensor of this name."),
            DiagnosticPage(
                "run.type", "The elements of a tensor are not those of the input.",
                when: "Floating numbers stand where whole numbers or truth values belong, or a number is too large.",
                fix: "Convert the tensor to the element type that the message expects."),
        ])

    static let comparison = DiagnosticArea(
        "compare", "comparisons of two plans",
        [
            DiagnosticPage(
                "compare.entry", "A plan has no such entry, or none of this batch size.",
                when: "The plans were compiled for other batch sizes.",
                fix: "Compile both with the same `--batch` or `--data`, or choose another `--entry`."),
            DiagnosticPage(
                "compare.inputs", "The plans have different inputs.",
                when: "They are plans of different computations or sizes.",
                fix: "Compile both from the same source; only options such as `--unfused` and `--disable` may differ."),
            DiagnosticPage(
                "compare.outputs", "The plans have different outputs.", when: "They are plans of different computations.",
                fix: "Compile both from the same source; only options such as `--unfused` and `--disable` may differ."),
        ])

    static let finiteness = DiagnosticArea(
        "finite", "numbers that are not finite (`--check-finite`)",
        [
            DiagnosticPage(
                "finite.computed", "A NaN or an infinity is computed from numbers that are in order.",
                when: "A logarithm or quotient of zero, an overflow, or a training that diverges. Infinities count unless the "
                    + "graph asks for them with an infinite constant.",
                fix: "The message names the step with all that it reads, and the operation inside its kernel. Keep that "
                    + "operation's operand away from the border, or lower the learning rate."),
            DiagnosticPage(
                "finite.input", "A NaN or an infinity comes from an input.",
                when: "The data, a parameter or state holds it. Infinite data, such as a mask, are no mistake where they reach "
                    + "no output, parameter or state and make no NaN.",
                fix: "Mend the file (`dgrun data FILE` shows what it holds), or take earlier weights."),
        ])

    static let weights = DiagnosticArea(
        "weights", "files of weights",
        [
            DiagnosticPage(
                "weights.missing", "The file lacks a parameter.",
                when: "The weights belong to another model, or only to a part of it.",
                fix: "Name weights of the same specification; `dgc dump` lists the parameters with their shapes."),
            DiagnosticPage(
                "weights.shape", "A parameter has another shape than in the plan.", when: "The weights belong to other sizes.",
                fix: "Compile the plan with the specification and data of the weights."),
            DiagnosticPage(
                "weights.type", "A parameter does not hold floating numbers.",
                when: "The file holds whole numbers or truth values.",
                fix: "Save the weights as float32."),
            DiagnosticPage(
                "weights.value", "A parameter holds a number that is not finite.", when: "The training that wrote it diverged.",
                fix: "Take earlier weights, and train with a lower `learning_rate`."),
        ])

    static let memory = DiagnosticArea(
        "memory", "memory that plans take",
        [
            DiagnosticPage(
                "memory.exhausted", "Memory cannot be allocated.", when: "The plan needs more than the machine has free.",
                fix: "Compile with a smaller `--batch`; `--max-memory` refuses such a plan before it runs."),
            DiagnosticPage(
                "memory.limit", "The plan takes more memory than `--max-memory` allows.",
                when: "All regions together, with scratch memory for one thread per processor, are above the limit, even where all "
                    + "layers are computed again for their gradients.",
                fix: "The message names the largest values at the peak. Compile with a smaller `--batch`, and without "
                    + "`--unfused`, `--no-reuse` and `--disable`, which cost memory."),
            .bug("memory.range", "A tensor lies outside its region of memory."),
        ])

    static let blas = DiagnosticArea(
        "blas", "the library of linear algebra",
        [
            DiagnosticPage(
                "blas.missing", "No BLAS library can be loaded.",
                when: "OpenBLAS is not installed, or `DG_BLAS` names no library.",
                fix: "Install libopenblas (Debian: `apt-get install libopenblas-dev`), or set `DG_BLAS` to a library with "
                    + "`cblas_sgemm`.")
        ])

    private static let compile = "Compile the plan again, with `--force` if dgc says that it is up to date."
}

extension [DiagnosticArea] {
    /// Of everything that loads and runs plans.
    public static var runtime: [DiagnosticArea] {
        [.plan, .run, .comparison, .finiteness, .weights, .training, .reports, .state, .prediction, .memory, .blas]
    }
}
