/// Sources of values, and operations that compute each element from the elements at the same place.
extension OpDefinition {
    static let constant = OpDefinition(
        .constant, "Numbers that are known beforehand",
        attributes: [
            "value": "one number for all elements, a list of them in row-major order, or `@blob` for a long list"
        ],
        result: "the type that is written; numbers are rounded to f32 where that is the element type",
        rules: ["elements", "precision"], makesShape: true,
        sample: [
            "%half = constant {value=0.5} : f32[7,7]",
            "%table = constant {value=[1, 2, 3]} : i32[3]",
            "%mask = constant {value=[true, false]} : bool[2]",
            "%limits = constant {value=[-inf, -0.0, 1e-05, nan]} : f64[4]",
            "output half = %half",
            "output table = %table",
            "output mask = %mask",
            "output limits = %limits",
        ])

    static let iota = OpDefinition(
        .iota, "Each element is its own index along one axis", attributes: ["axis": "the axis that is counted along"],
        result: "the type that is written", rules: ["element-type", "axes"], makesShape: true,
        sample: ["%row = iota {axis=1} : i32[2,4]", "output row = %row"])

    static let randomUniform = OpDefinition(
        .randomUniform,
        "Uniform numbers in [0, 1) of 24 bits, a pure function of the key, the stream and the element's index",
        operands: ["key"], attributes: ["stream": "tells uses of one key apart"],
        result: "the type that is written, f32 or f64; the key is i32[2]", rules: ["key", "element-type"],
        makesShape: true,
        sample: [
            "input %key : i32[2]",
            "%noise = random_uniform %key {stream=3} : f32[4,8]",
            "output noise = %noise",
        ])

    static func unary(_ op: UnaryOp) -> OpDefinition {
        let elementType = op == .logicalNot ? "bool" : "f32"
        return OpDefinition(
            .unary, spelling: op.row.spelling, op.row.summary, operands: ["a"], result: "the type of `a`",
            rules: ["element-type"],
            sample: [
                "input %a : \(elementType)[2,3]",
                "%y = \(op.row.spelling) %a : \(elementType)[2,3]",
                "output y = %y",
            ])
    }

    static func binary(_ op: BinaryOp) -> OpDefinition {
        let elementType = op == .logicalAnd || op == .logicalOr ? "bool" : "f32"
        return OpDefinition(
            .binary, spelling: op.row.spelling, op.row.summary, operands: ["a", "b"],
            result: "the type that both operands have", rules: ["same-type", "element-type"],
            sample: [
                "input %a : \(elementType)[2,3]",
                "input %b : \(elementType)[2,3]",
                "%y = \(op.row.spelling) %a, %b : \(elementType)[2,3]",
                "output y = %y",
            ])
    }

    static let compare = OpDefinition(
        .compare, "Whether a comparison holds", operands: ["a", "b"],
        attributes: ["kind": "`eq`, `ne`, `lt`, `le`, `gt` or `ge`"], result: "bool in the shape of the operands",
        rules: ["same-type"],
        sample: [
            "input %a : f32[2,3]",
            "input %b : f32[2,3]",
            "%less = compare %a, %b {kind=lt} : bool[2,3]",
            "output less = %less",
        ])

    static let select = OpDefinition(
        .select, "`a` where the predicate holds, `b` elsewhere", operands: ["predicate", "a", "b"],
        result: "the type that `a` and `b` have; the predicate is bool in the same shape",
        rules: ["same-type", "predicate"],
        sample: [
            "input %chosen : bool[2,3]",
            "input %a : f32[2,3]",
            "input %b : f32[2,3]",
            "%y = select %chosen, %a, %b : f32[2,3]",
            "output y = %y",
        ])

    static let convert = OpDefinition(
        .convert, "The same numbers in another element type", operands: ["a"],
        result: "the element type that is written, in the shape of `a`", rules: [],
        sample: [
            "input %a : i32[2,3]",
            "%y = convert %a : f32[2,3]",
            "output y = %y",
        ])

    static let stopGradient = OpDefinition(
        .stopGradient, "The same tensor, which counts as constant in derivatives", operands: ["a"],
        result: "the type of `a`", rules: [],
        sample: [
            "input %a : f32[2,3]",
            "%y = stop_gradient %a : f32[2,3]",
            "output y = %y",
        ])
}
