import Graph

/// Every operation in many shapes and types, by itself and inside the expressions of others.
extension AgreementCase {
    static func all() throws -> [AgreementCase] {
        try samples() + elementwise() + reductions() + products() + movements() + inlined() + sources() + loops() + large() + strides() + batches()
    }

    private static func samples() throws -> [AgreementCase] {
        try OpDefinition.all.map { definition in
            var graph = try GraphParser.parse(definition.sample, file: definition.spelling)
            graph.name = "sample of \(definition.spelling)"
            return AgreementCase(graph)
        }
    }

    private static let floating = ["f32", "f64"]
    private static let numbers = ["f32", "f64", "i32"]
    private static let types = ["f32", "f64", "i32", "bool"]

    // MARK: Elementwise

    private static func elementwise() throws -> [AgreementCase] {
        let shapes = ["[]", "[1]", "[7]", "[13,33]", "[1,5,1,3]", "[3,0,2]", "[0]", "[5000]", "[2,4097]", "[4096]", "[3,1,2000]"]
        var cases: [AgreementCase] = []
        for shape in shapes {
            for type in numbers {
                cases.append(
                    try AgreementCase(
                        "arithmetic on \(type)\(shape)",
                        """
                        input %a : \(type)\(shape)
                        input %b : \(type)\(shape)
                        %n = negate %a : \(type)\(shape)
                        %m = maximum %n, %b : \(type)\(shape)
                        %s = subtract %m, %a : \(type)\(shape)
                        %less = compare %s, %b {kind=le} : bool\(shape)
                        %y = select %less, %s, %b : \(type)\(shape)
                        %z = abs %y : \(type)\(shape)
                        output z = %z
                        output less = %less
                        """))
            }
            cases.append(
                try AgreementCase(
                    "logic on bool\(shape)",
                    """
                    input %a : bool\(shape)
                    input %b : bool\(shape)
                    input %x : bool\(shape)
                    %n = not %a : bool\(shape)
                    %m = and %n, %b : bool\(shape)
                    %o = or %m, %x : bool\(shape)
                    %y = select %o, %b, %n : bool\(shape)
                    %equal = compare %y, %a {kind=eq} : bool\(shape)
                    output y = %y
                    output equal = %equal
                    """))
        }
        return cases
    }

    // MARK: Reductions

    private static func reductions() throws -> [AgreementCase] {
        let shapes: [([Int], [Int])] = [
            ([], []), ([1], [0]), ([5], []), ([7, 33], [0]), ([7, 33], [1]), ([7, 33], [0, 1]), ([3, 1, 7, 2], [0, 2]),
            ([3, 1, 7, 2], [1]), ([3, 1, 7, 2], [1, 3]), ([3, 1, 7, 2], [0, 3]), ([3, 1, 7, 2], [0, 1, 2, 3]), ([1, 1], [0]),
            ([5, 300], [1]), ([300, 5], [0]), ([3, 1000], [1]), ([17, 257], [0]), ([4, 600], [0]), ([2, 3, 700], [1]),
            ([3, 300, 2], [1]), ([5000], [0]), ([70, 70], [0, 1]), ([3, 0], [0]), ([0, 4], [1]), ([2, 3, 0], [0, 1]),
        ] + [15, 16, 17, 31, 63, 64, 65, 255, 256, 257].map { ([3, $0], [1]) }
        var cases: [AgreementCase] = []
        for (extents, axes) in shapes {
            for type in numbers { cases.append(try reduction(type, Shape(extents), axes, Reduction.allCases)) }
        }
        // Nothing to combine: the neutral element. The largest of no integers is no integer.
        for (extents, axes) in [([0], [0]), ([0, 4], [0]), ([4, 0], [1]), ([3, 0, 300], [1])] {
            for type in numbers { cases.append(try reduction(type, Shape(extents), axes, type == "i32" ? [.sum] : Reduction.allCases)) }
        }
        return cases
    }

    private static func reduction(_ type: String, _ shape: Shape, _ axes: [Int], _ reductions: [Reduction]) throws -> AgreementCase {
        let result = shape.removing(axes: axes)
        let nodes = reductions.map { "%\($0.rawValue) = reduce %x {kind=\($0.rawValue), axes=\(axes)} : \(type)\(result)" }
        let outputs = reductions.map { "output \($0.rawValue) = %\($0.rawValue)" }
        return try AgreementCase(
            "reduce \(type)\(shape) over \(axes)", (["input %x : \(type)\(shape)"] + nodes + outputs).joined(separator: "\n"))
    }

    // MARK: Products

    private static func products() throws -> [AgreementCase] {
        let products = [
            ("[3,4]", "[4,5]", "batch=[[],[]], contract=[[1],[0]]", "[3,5]"),
            ("[7,13]", "[13,33]", "batch=[[],[]], contract=[[1],[0]]", "[7,33]"),
            ("[13,7]", "[13,33]", "batch=[[],[]], contract=[[0],[0]]", "[7,33]"),
            ("[7,13]", "[33,13]", "batch=[[],[]], contract=[[1],[1]]", "[7,33]"),
            ("[13,7]", "[33,13]", "batch=[[],[]], contract=[[0],[1]]", "[7,33]"),
            ("[1,600]", "[600,1]", "batch=[[],[]], contract=[[1],[0]]", "[1,1]"),
            ("[600]", "[600]", "batch=[[],[]], contract=[[0],[0]]", "[]"),
            ("[]", "[]", "batch=[[],[]], contract=[[],[]]", "[]"),
            ("[40]", "[33]", "batch=[[],[]], contract=[[],[]]", "[40,33]"),
            ("[40,1]", "[1,33]", "batch=[[],[]], contract=[[1],[0]]", "[40,33]"),
            ("[33,40]", "[40]", "batch=[[],[]], contract=[[1],[0]]", "[33]"),
            ("[40]", "[40,33]", "batch=[[],[]], contract=[[0],[0]]", "[33]"),
            ("[5,8,9]", "[5,9,10]", "batch=[[0],[0]], contract=[[2],[1]]", "[5,8,10]"),
            ("[8,5,9]", "[9,10,5]", "batch=[[1],[2]], contract=[[2],[0]]", "[5,8,10]"),
            ("[8,5,9]", "[5,10,9]", "batch=[[1],[0]], contract=[[2],[2]]", "[5,8,10]"),
            ("[2,3,8,9]", "[2,9,3,10]", "batch=[[0,1],[0,2]], contract=[[3],[1]]", "[2,3,8,10]"),
            ("[2,3,8,9]", "[3,2,10,9]", "batch=[[1,0],[0,1]], contract=[[3],[3]]", "[3,2,8,10]"),
            ("[2,3,4,5,2]", "[4,5,3,2,3]", "batch=[[2,0],[0,3]], contract=[[3,1],[1,2]]", "[4,2,2,3]"),
            ("[6,7,8,9]", "[8,9,5]", "batch=[[],[]], contract=[[2,3],[0,1]]", "[6,7,5]"),
            ("[8,6,9,7]", "[9,8,5]", "batch=[[],[]], contract=[[0,2],[1,0]]", "[6,7,5]"),
            ("[8,1,9,7]", "[9,1,8,5]", "batch=[[1],[1]], contract=[[0,2],[2,0]]", "[1,7,5]"),
            ("[9,9,9]", "[9,9,9]", "batch=[[2],[0]], contract=[[0],[2]]", "[9,9,9]"),
            ("[3,0]", "[0,4]", "batch=[[],[]], contract=[[1],[0]]", "[3,4]"),
            ("[0,3]", "[3,4]", "batch=[[],[]], contract=[[1],[0]]", "[0,4]"),
            ("[2,0,3]", "[2,3,4]", "batch=[[0],[0]], contract=[[2],[1]]", "[2,0,4]"),
            ("[257,65]", "[65,64]", "batch=[[],[]], contract=[[1],[0]]", "[257,64]"),
            ("[65,257]", "[64,65]", "batch=[[],[]], contract=[[0],[1]]", "[257,64]"),
            ("[3,130,65]", "[3,65,128]", "batch=[[0],[0]], contract=[[2],[1]]", "[3,130,128]"),
        ]
        return try products.flatMap { left, right, axes, result in
            try floating.map { type in
                var example = try AgreementCase(
                    "dot \(type) \(left) \(right) {\(axes)}",
                    """
                    input %a : \(type)\(left)
                    input %b : \(type)\(right)
                    %y = dot %a, %b {\(axes)} : \(type)\(result)
                    output y = %y
                    """)
                // Sums of up to some hundred products in single precision.
                if type == "f32" { example.tolerance = 5e-6 }
                return example
            }
        }
    }

    // MARK: Movements

    private static func move(
        _ op: String, _ attributes: String, _ from: String, _ to: String, types: [String], values: [String: [Double]] = [:],
        second: String? = nil
    ) throws -> [AgreementCase] {
        try types.map { type in
            let more = second.map { "input %second : \($0)\n" } ?? ""
            return try AgreementCase(
                "\(op) \(type)\(from) {\(attributes)}", values: values,
                """
                input %x : \(type)\(from)
                \(more)%y = \(op) %x\(second == nil ? "" : ", %second")\(attributes.isEmpty ? "" : " {\(attributes)}") : \(type)\(to)
                output y = %y
                """)
        }
    }

    private static func movements() throws -> [AgreementCase] {
        var cases: [AgreementCase] = []
        for permutation in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let (extents, all) = ([7, 1, 33], ["f32", "bool"])
            let result = Shape(permutation.map { extents[$0] })
            cases += try move("transpose", "permutation=\(permutation)", "\(Shape(extents))", "\(result)", types: all)
        }
        cases += try move("transpose", "permutation=[1,0]", "[65,130]", "[130,65]", types: types)
        cases += try move("transpose", "permutation=[]", "[]", "[]", types: ["f32"])
        cases += try move("transpose", "permutation=[1,0]", "[0,3]", "[3,0]", types: ["f32"])
        cases += try move("reshape", "", "[7,4]", "[2,14]", types: types)
        cases += try move("reshape", "", "[1]", "[]", types: types)
        cases += try move("reshape", "", "[0,3]", "[5,0]", types: ["f32"])
        cases += try move("broadcast", "axes=[1,3]", "[7,3]", "[2,7,1,3,4]", types: types)
        cases += try move("broadcast", "axes=[]", "[]", "[5000]", types: types)
        cases += try move("broadcast", "axes=[0]", "[3]", "[3,0]", types: ["f32"])
        cases += try move("slice", "starts=[1,0,2], limits=[8,9,3], strides=[3,4,1]", "[9,9,4]", "[3,3,1]", types: types)
        cases += try move("slice", "starts=[2,3], limits=[2,7], strides=[1,2]", "[4,9]", "[0,2]", types: ["f32"])
        cases += try move("pad", "low=[1,0,2], high=[0,3,0]", "[3,4,5]", "[4,7,7]", types: types)
        cases += try move("pad", "low=[0,2], high=[1,0]", "[0,3]", "[1,5]", types: types)
        cases += try move("window", "axis=1, size=4", "[3,13,2]", "[3,10,4,2]", types: types)
        cases += try move("window", "axis=0, size=1", "[5]", "[5,1]", types: ["f32"])
        cases += try move("window", "axis=0, size=5", "[5,0]", "[1,5,0]", types: ["f32"])
        cases += try move("overlap_add", "axis=1", "[3,13,4,7]", "[3,16,7]", types: floating)
        cases += try move("overlap_add", "axis=0", "[300,3]", "[302]", types: floating)
        cases += try move("overlap_add", "axis=0", "[2,2,0]", "[3,0]", types: ["f32"])
        let indices: [String: [Double]] = ["second": [2, 0, 2, 7, -3, 2, 5, 2_147_483_647, -2_147_483_648]]
        cases += try move("gather", "", "[6,3]", "[9,3]", types: types, values: indices, second: "i32[9]")
        cases += try move("gather", "", "[6]", "[9]", types: types, values: indices, second: "i32[9]")
        cases += try move("gather", "", "[6,2,0]", "[9,2,0]", types: ["f32"], values: indices, second: "i32[9]")
        cases += try move("gather", "", "[6,2]", "[0,2]", types: ["f32"], second: "i32[0]")
        cases += try move("scatter_add", "count=6", "[9,3]", "[6,3]", types: floating, values: indices, second: "i32[9]")
        cases += try move("scatter_add", "count=3", "[0,5]", "[3,5]", types: floating, second: "i32[0]")
        for type in types {
            cases.append(
                try AgreementCase(
                    "concatenate \(type)",
                    """
                    input %a : \(type)[3,2]
                    input %b : \(type)[3,0]
                    input %c : \(type)[3,5]
                    %y = concatenate %a, %b, %c, %a {axis=1} : \(type)[3,9]
                    %one = concatenate %c {axis=0} : \(type)[3,5]
                    %rows = concatenate %c, %one {axis=0} : \(type)[6,5]
                    output y = %y
                    output one = %one
                    output rows = %rows
                    """))
            cases.append(
                try AgreementCase(
                    "views of \(type)",
                    """
                    input %x : \(type)[4,6]
                    %flat = reshape %x : \(type)[24]
                    %cube = reshape %flat : \(type)[2,3,4]
                    %stopped = stop_gradient %cube : \(type)[2,3,4]
                    %turned = transpose %stopped {permutation=[2,1,0]} : \(type)[4,3,2]
                    %again = reshape %turned : \(type)[4,6]
                    %back = reshape %again : \(type)[24]
                    output back = %back
                    output cube = %cube
                    output again = %again
                    """))
        }
        return cases
    }
}
