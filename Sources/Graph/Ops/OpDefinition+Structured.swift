/// Operations that combine elements of different places, or move them.
extension OpDefinition {
    static let reduce = OpDefinition(
        .reduce, "Combines all elements along some axes into one", operands: ["a"],
        attributes: ["kind": "`sum`, `maximum` or `minimum`", "axes": "the axes that disappear, ascending"],
        result: "`a` without the axes", rules: ["element-type", "axes", "axes-order"],
        sample: [
            "input %a : f32[4,5,6]",
            "%rows = reduce %a {kind=maximum, axes=[2]} : f32[4,5]",
            "%total = reduce %a {kind=sum, axes=[0,1,2]} : f32[]",
            "output rows = %rows",
            "output total = %total",
        ])

    static let dot = OpDefinition(
        .dot, "Matrix product: sums of products over the contracting axes, for each entry of the batch axes",
        operands: ["left", "right"],
        attributes: [
            "batch": "axes of the left and of the right operand that run together",
            "contract": "axes of the left and of the right operand that are summed over",
        ],
        result: "the batch axes, the free axes of the left operand, those of the right one",
        rules: [
            "element-type", "left-axes", "right-axes", "batch-count", "batch-sizes", "contracting-count",
            "contracting-sizes",
        ],
        makesShape: true,
        sample: [
            "input %a : f32[4,5,3]",
            "input %b : f32[4,3,6]",
            "%y = dot %a, %b {batch=[[0],[0]], contract=[[2],[1]]} : f32[4,5,6]",
            "output y = %y",
        ])

    static let transpose = OpDefinition(
        .transpose, "Reorders the axes", operands: ["a"],
        attributes: ["permutation": "for each axis of the result the axis of `a`"],
        result: "the extents of `a` reordered", rules: ["permutation-count", "axes"],
        sample: [
            "input %a : f32[4,5,6]",
            "%y = transpose %a {permutation=[2,0,1]} : f32[6,4,5]",
            "output y = %y",
        ])

    static let reshape = OpDefinition(
        .reshape, "The same elements in row-major order under another shape", operands: ["a"],
        result: "the shape that is written", rules: ["elements"], makesShape: true,
        sample: [
            "input %a : f32[4,6]",
            "%y = reshape %a : f32[2,2,6]",
            "output y = %y",
        ])

    static let broadcast = OpDefinition(
        .broadcast, "Repeats a tensor along new axes", operands: ["a"],
        attributes: ["axes": "for each axis of `a` its place in the result, ascending"],
        result: "the shape that is written", rules: ["axes-count", "axes", "axes-order", "extents"], makesShape: true,
        sample: [
            "input %bias : f32[6]",
            "%y = broadcast %bias {axes=[1]} : f32[4,6]",
            "output y = %y",
        ])

    static let slice = OpDefinition(
        .slice, "A box of the tensor, or every n-th entry of it", operands: ["a"],
        attributes: [
            "starts": "the first index on each axis", "limits": "the index after the last on each axis",
            "strides": "the distance between indices on each axis",
        ],
        result: "the chosen entries on each axis", rules: ["per-axis", "range", "stride"],
        sample: [
            "input %a : f32[6,8]",
            "%y = slice %a {starts=[0,1], limits=[4,8], strides=[1,2]} : f32[4,4]",
            "output y = %y",
        ])

    static let pad = OpDefinition(
        .pad, "Adds zeros around the tensor", operands: ["a"],
        attributes: ["low": "zeros before each axis", "high": "zeros after each axis"],
        result: "`a` with longer axes", rules: ["per-axis", "negative"], makesShape: true,
        sample: [
            "input %a : f32[4,6]",
            "%y = pad %a {low=[0,1], high=[2,0]} : f32[6,7]",
            "output y = %y",
        ])

    static let concatenate = OpDefinition(
        .concatenate, "Puts tensors one after the other along an axis", operands: ["a..."],
        attributes: ["axis": "the axis that grows"], result: "the extents add up on the axis",
        rules: ["axes", "extents"], makesShape: true,
        sample: [
            "input %a : f32[4,6]",
            "input %b : f32[4,2]",
            "%y = concatenate %a, %b, %a {axis=1} : f32[4,14]",
            "output y = %y",
        ])

    static let window = OpDefinition(
        .window, "Sliding windows along an axis: entry `[.., t, j, ..]` is entry `[.., t + j, ..]` of `a`",
        operands: ["a"], attributes: ["axis": "the axis that windows slide along", "size": "the length of a window"],
        result: "the number of windows on the axis, then a new axis of the size", rules: ["axes", "window-size"],
        makesShape: true,
        sample: [
            "input %a : f32[4,10,3]",
            "%y = window %a {axis=1, size=5} : f32[4,6,5,3]",
            "output y = %y",
        ])

    static let overlapAdd = OpDefinition(
        .overlapAdd, "Adds overlapping windows back into one axis, the adjoint of `window`", operands: ["a"],
        attributes: ["axis": "the axis of windows; the entries of a window are on the next one"],
        result: "both axes become one", rules: ["element-type", "axes", "window-size"],
        sample: [
            "input %a : f32[4,6,5,3]",
            "%y = overlap_add %a {axis=1} : f32[4,10,3]",
            "output y = %y",
        ])

    static let gather = OpDefinition(
        .gather, "Rows of a tensor along its first axis, chosen by indices that are clamped into range",
        operands: ["rows", "indices"], result: "one row for each index; the indices are i32[n]",
        rules: ["indices", "rank", "rows"], makesShape: true,
        sample: [
            "input %table : f32[10,6]",
            "input %chosen : i32[4]",
            "%y = gather %table, %chosen : f32[4,6]",
            "output y = %y",
        ])

    static let scatterAdd = OpDefinition(
        .scatterAdd, "Adds rows into rows of zeros at the given indices, the adjoint of `gather`",
        operands: ["rows", "indices"], attributes: ["count": "the number of rows of the result"],
        result: "`count` rows; the indices are i32[n]", rules: ["indices", "rank", "element-type", "rows", "count"],
        makesShape: true,
        sample: [
            "input %rows : f32[4,6]",
            "input %chosen : i32[4]",
            "%y = scatter_add %rows, %chosen {count=10} : f32[10,6]",
            "output y = %y",
        ])

    static let scan = OpDefinition(
        .scan,
        "A loop of a fixed number of iterations; the body takes the carried values, the invariants and one entry of each "
            + "scanned tensor, and returns the next carried values and entries that are stacked",
        operands: ["carried...", "invariants...", "scanned..."],
        attributes: [
            "count": "the number of iterations", "carried": "how many values go from iteration to iteration",
            "scanned": "how many of the last operands are cut into entries along their first axis",
            "reverse": "whether the last entries come first",
        ],
        result: "the last carried values, then the stacks with `count` entries on a new first axis",
        rules: ["count", "arity", "outputs", "operand-type", "carried-type"], makesShape: true,
        sample: [
            "input %start : f32[3]",
            "input %factor : f32[3]",
            "input %steps : f32[5,3]",
            "%last, %all = scan %start, %factor, %steps {count=5, carried=1, scanned=1, reverse=false} : f32[3], f32[5,3] {",
            "  input %state : f32[3]",
            "  input %factor : f32[3]",
            "  input %step : f32[3]",
            "  %scaled = multiply %state, %factor : f32[3]",
            "  %next = add %scaled, %step : f32[3]",
            "  output state = %next",
            "  output trace = %scaled",
            "}",
            "output last = %last",
            "output all = %all",
        ])
}
