import Graph

extension DiagnosticArea {
    static let autodiff = DiagnosticArea(
        "autodiff", "differentiation",
        [
            DiagnosticPage(
                "autodiff.input", "The graph has no input of this name.", when: "A gradient by an unknown input is asked for.",
                fix: "Name an input of the graph; `dgc dump` lists them."),
            .bug("autodiff.movement", "An operation that moves no elements was to be reversed as one that does."),
            DiagnosticPage(
                "autodiff.output", "The graph has no output of this name.", when: "`--gradient` names something else.",
                fix: "Name an output of the graph; `dgc dump` lists them."),
            DiagnosticPage(
                "autodiff.scalar", "Only a floating scalar can be differentiated.",
                when: "`--gradient` names a tensor with axes.",
                fix: "Add an output that is the sum of it: `%loss = reduce %y {kind=sum, axes=[0,1]} : f32[]`.",
                example: "error[autodiff.scalar]: y: only a floating scalar can be differentiated; expected f32[] or f64[]; "
                    + "found f32[2,3]"),
            .bug("autodiff.scan", "A loop reached a gradient rule of simple operations."),
        ])

    static let optimizer = DiagnosticArea(
        "optimizer", "the optimizer as part of the graph",
        [
            DiagnosticPage(
                "optimizer.gradient", "A parameter has no gradient.",
                when: "The graph was not differentiated by all its parameters.",
                fix: "Differentiate first, or mark the input as data."),
            .bug("optimizer.order", "A value of the step is used before it is copied."),
            DiagnosticPage(
                "optimizer.parameters", "The graph has no parameters to update.", when: "No input has the role parameter.",
                fix: "Write `parameter` after the type of the inputs that are trained."),
        ])

    static let compiler = DiagnosticArea(
        "compiler", "the C compiler",
        [
            DiagnosticPage(
                "compiler.failed", "The C compiler failed.",
                when: "It cannot be started, ran out of memory or space, does not know an option, or refused generated code "
                    + "(then the message begins with `compiler bug`).",
                fix: "The message has the compiler's words. `DG_CC` names another clang or gcc."),
            DiagnosticPage(
                "compiler.missing", "No C compiler was found.",
                when: "Neither clang nor cc is on the path, or `DG_CC` names no program.",
                fix: "Install clang, or set `DG_CC` to the path of a clang or gcc."),
        ])

    static let codegen = DiagnosticArea(
        "codegen", "the code generator",
        [
            .bug("codegen.buffer", "The code of a kernel needs a value that has no buffer."),
            .bug("codegen.empty", "A kernel has no operations."),
            .bug("codegen.expression", "An operation cannot be computed element by element inside a loop."),
            .bug("codegen.rows", "An operation in a block of rows does not treat every row alike."),
            .bug("codegen.scan", "A loop was to be emitted as an expression."),
            .bug("codegen.scan-output", "A result of a loop has no buffer."),
            .bug("codegen.sum", "A tiled kernel ends in something that is no sum, or in a product that is no matrix product."),
            .bug("codegen.target", "The result of an operation has no buffer."),
            .bug("codegen.view", "The operand of a view has no buffer."),
        ])

    static let passList = DiagnosticArea(
        "passes", "lists of passes",
        [
            DiagnosticPage(
                "passes.changed-numbers", "A pass changes what is computed.",
                when: "`--verify-passes` found outputs, or gradients, that differ before and after a pass by more than rounding.",
                fix: "The file that the message names holds a small graph that shows it; its first lines say how to run it. "
                    + "`--disable` leaves out the pass if it is optional. Please report it."),
            DiagnosticPage(
                "passes.level", "A pass works on another level of the representation.",
                when: "A list of passes does not start on the level of the text, or leaves out the pass between two levels.",
                fix: "`dgc passes` shows what each pass takes and gives; `form-kernels` leads from graph to kernels, "
                    + "`plan-memory` from kernels to program.",
                example: "error[passes.level]: plan-memory: the pass does not take what the text gives; expected kernels; found graph"),
            DiagnosticPage(
                "passes.name", "There is no pass of this name.", when: "`--passes` or `--print-after` names something else.",
                fix: "Name one of those that `dgc passes` lists, without the mark `*`."),
            DiagnosticPage(
                "passes.option", "An option of a pass is wrong.",
                when: "What stands behind the colon after a pass's name is no option of it, or has a value that does not fit.",
                fix: "`dgc passes` lists the options under each pass: `optimizer:clip=1`."),
            DiagnosticPage(
                "passes.pipeline", "There is no pipeline of this name.", when: "`--pipeline` names something else.",
                fix: "Name one or more of those that `dgc passes` lists; single passes are for `--passes`."),
        ])

    static let rewriting: [DiagnosticArea] = [
        DiagnosticArea(
            "cut", "sums that are cut into tasks",
            [
                .bug("cut.empty", "A kernel without operations was to be cut."),
                .bug("cut.operation", "A value without the axis of the cut was to be cut."),
                .bug("cut.order", "A value is used before it is rewritten."),
                .bug("cut.root", "A kernel that ends in no sum was to be cut."),
            ]),
        DiagnosticArea(
            "join", "pointwise kernels that become one",
            [.bug("join.order", "A tensor is used before the joined kernel computes it.")]),
        DiagnosticArea(
            "pairs", "matrices of pairs in blocks", [.bug("pairs.input", "A region was given an input that is not part of it.")]),
        DiagnosticArea("rewrite", "passes over graphs", [.bug("rewrite.order", "A value is used before it is rewritten.")]),
        DiagnosticArea("schedule", "the order of kernels", [.bug("schedule.cycle", "Kernels depend on each other in a circle.")]),
        DiagnosticArea(
            "tiles", "kernels that are joined over tiles",
            [.bug("tiles.order", "A tensor is used before the joined kernel computes it.")]),
    ]
}

extension [DiagnosticArea] {
    /// Of passes and code generation.
    public static var passes: [DiagnosticArea] {
        [.autodiff, .optimizer, .compiler, .codegen, .passList] + DiagnosticArea.rewriting
    }
}
