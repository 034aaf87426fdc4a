extension DiagnosticArea {
    /// The type rules of operations, with the pages written from the table of operations.
    ///
    /// A rule that means the same everywhere has its words in `words(of:)`; a rule with a meaning of its own in `ownWords`.
    static let operations = DiagnosticArea(
        "operations", "the type rules of operations; `dgc help dot` shows those of `dot`",
        OpDefinition.all.flatMap { definition in
            definition.rules.filter { $0.hasPrefix("\(definition.spelling).") }.map { page($0, definition) }
        })

    private typealias Words = (meaning: String, fix: String)

    private static func page(_ id: String, _ definition: OpDefinition) -> DiagnosticPage {
        let rule = String(id.dropFirst(definition.spelling.count + 1))
        let words = ownWords[id] ?? words(of: rule)
        return DiagnosticPage(
            id, words.meaning,
            when: "An instruction `\(definition.spelling)` breaks this rule, in a text or in a graph that is built. "
                + "\(definition.summary). Its result: \(definition.result).",
            fix: words.fix, sample: definition.sample)
    }

    private static func words(of rule: String) -> Words {
        switch rule {
        case "operand-count":
            ("The operation takes another number of operands.", "Give as many operands as the message expects.")
        case "element-type":
            (
                "The operation does not work on this element type.",
                "The message names the element types that fit; `convert` makes another element type of a tensor."
            )
        case "same-type":
            (
                "The operands have different types; shapes never adapt to each other.",
                "Bring both to one type: `broadcast` repeats a tensor along new axes, `reshape` adds axes of extent 1, "
                    + "`convert` changes the element type."
            )
        case "axes":
            (
                "An axis does not exist, or stands twice.",
                "Axes count from 0 and lie below the rank of the tensor; name each of them once."
            )
        case "axes-order": ("The axes do not ascend.", "Write the axes in ascending order; `transpose` reorders a tensor.")
        case "per-axis":
            ("A list does not have one number for each axis.", "Write as many numbers as the operand has axes, in each list.")
        case "indices": ("The indices are not one row of whole numbers.", "Give a tensor of the type i32[n].")
        case "square":
            (
                "The last two axes do not hold square matrices.",
                "Give a tensor of rank 2 or more whose last two extents are equal; the axes before them count matrices."
            )
        case "rank": ("The operand has no rows.", "Give a tensor of rank 1 or more; `reshape` adds axes.")
        default: ("The rule `\(rule)` is broken.", "The message says what was expected.")
        }
    }

    private static let rowsOfTheRightSide: Words = (
        "The right side does not have as many rows as the matrices, or not one for each of them.",
        "All extents but the last are those of the matrices; `broadcast` repeats one side, `reshape` makes a vector a column."
    )

    private static let ownWords: [String: Words] = [
        "constant.elements": (
            "The number of elements is not the one that the shape gives.",
            "Write one number for all elements, or as many as the shape has, in row-major order."
        ),
        "constant.precision": (
            "An element cannot be held by the element type without being rounded.",
            "Write a number that the element type has (0 or 1 for bool, whole for i32), or declare f64."
        ),
        "random_uniform.key": ("The key is not two whole numbers.", "Give a tensor of the type i32[2] as the key."),
        "select.predicate": (
            "The predicate is not bool in the shape of the choices.",
            "`compare` makes a bool tensor; `broadcast` gives it the shape of the choices."
        ),
        "dot.left-axes": (
            "An axis of the left operand does not exist, or stands twice among its batch and contracting axes.",
            "The first list in `batch` and in `contract` holds axes of the left operand; each axis stands once in all."
        ),
        "dot.right-axes": (
            "An axis of the right operand does not exist, or stands twice among its batch and contracting axes.",
            "The second list in `batch` and in `contract` holds axes of the right operand; each axis stands once in all."
        ),
        "dot.batch-count": (
            "The operands have different numbers of batch axes.", "Write two lists of the same length: `batch=[[0],[0]]`."
        ),
        "dot.batch-sizes": (
            "Batch axes that run together have different extents.",
            "Check the order of the lists and of the operands; `transpose` and `reshape` change a layout."
        ),
        "dot.contracting-count": (
            "The operands have different numbers of contracting axes.",
            "Write two lists of the same length: `contract=[[1],[0]]`."
        ),
        "dot.contracting-sizes": (
            "Axes that are summed over together have different extents.",
            "Usually an operand is turned: contract its other axis (`contract=[[1],[1]]` instead of `[[1],[0]]`), or `transpose` "
                + "it."
        ),
        "transpose.permutation-count": (
            "The permutation does not have an entry for each axis.", "Write every axis of the operand once."
        ),
        "reshape.elements": (
            "The new shape has another number of elements.",
            "The product of the extents stays; `slice` and `pad` change the number of elements."
        ),
        "broadcast.axes-count": (
            "Not each axis of the operand has a place in the result.", "Write one place for each axis of the operand, in order."
        ),
        "broadcast.extents": (
            "An axis of the operand has another extent in the result.",
            "Only axes that are not named in `axes` are new; `reshape` removes an axis of extent 1 that is to be repeated."
        ),
        "slice.range": (
            "Start and limit on an axis are out of order, or lie outside the tensor.",
            "On each axis 0 ≤ start ≤ limit ≤ extent; the limit is the index after the last."
        ),
        "slice.stride": (
            "A stride is not positive, or longer than the axis.", "Write 1 on the axes of which every entry is wanted."
        ),
        "pad.negative": ("A number of zeros is negative.", "`slice` makes an axis shorter."),
        "concatenate.extents": (
            "The operands differ in more than the extent of the axis that grows.",
            "All operands have one element type and the same extents on all other axes."
        ),
        "window.window-size": (
            "The window is longer than the axis, or empty.", "Choose a smaller size, or `pad` the axis first."
        ),
        "overlap_add.axes": (
            "The axis of windows, or the axis of their entries after it, does not exist.",
            "`axis` names the axis that counts windows; their entries are on the next one."
        ),
        "overlap_add.window-size": (
            "There is no window, or a window has no entries.", "Both axes need an extent of 1 or more."
        ),
        "gather.rows": ("There is no row to choose from.", "The first axis of the first operand needs an extent of 1 or more."),
        "scatter_add.rows": (
            "The number of rows is not the number of indices.", "Give one index for each row of the first operand."
        ),
        "scatter_add.count": ("The result has no rows.", "`count` is 1 or more."),
        "triangular_solve.rows": rowsOfTheRightSide,
        "triangular_solve_transposed.rows": rowsOfTheRightSide,
        "scan.count": ("The number of iterations is out of range.", "Write 1 to 2^20 iterations."),
        "scan.arity": (
            "The body has fewer inputs or outputs than are carried and scanned.",
            "The body takes the carried values, the invariants and an entry of each scanned tensor; it returns the carried "
                + "values first."
        ),
        "scan.outputs": ("The body returns nothing.", "Add an `output` to the body."),
        "scan.operand-type": (
            "An operand does not fit the input of the body at its place.",
            "Carried values and invariants have the type of the body's input; a scanned tensor has a first axis of `count` more."
        ),
        "scan.carried-type": (
            "A carried value changes its type in an iteration.",
            "The body returns each carried value with the type that it took."
        ),
    ]
}
