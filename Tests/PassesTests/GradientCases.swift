import Graph

/// A small graph in double precision around one operation; its floating outputs are what is differentiated.
struct GradientCase: Sendable, CustomStringConvertible {
    /// The operation's spelling; after a comma what is special.
    var description: String
    var text: String
    /// Whether inputs are positive; otherwise they have either sign. None is near zero.
    var positive = false
    /// The values of integer inputs.
    var integers: [String: [Double]] = [:]
    /// Whether inputs are short binary fractions, which every floating type holds exactly.
    var binaryFractions = false

    var op: String { String(description.prefix { $0 != "," }) }

    init(
        _ description: String, positive: Bool = false, integers: [String: [Double]] = [:], binaryFractions: Bool = false,
        _ text: String
    ) {
        self.description = description
        self.text = text
        self.positive = positive
        self.integers = integers
        self.binaryFractions = binaryFractions
    }

    /// The operations whose gradient is zero everywhere, and why.
    static let notDifferentiable = [
        "compare": "truth values have no derivative", "not": "truth values have no derivative",
        "and": "truth values have no derivative", "or": "truth values have no derivative",
        "sign": "constant between its steps", "floor": "constant between its steps",
        "round_even": "constant between its steps", "stop_gradient": "that is what it is for",
    ]

    static let all = unary + binary + sources + choices + reductions + products + movements + matrices + scans

    // MARK: Elementwise

    private static let unary = UnaryOp.allCases.map { op -> GradientCase in
        let name = op.rawValue
        return switch op {
        case .negate, .abs, .sign, .exp, .tanh, .logistic, .floor, .roundEven:
            GradientCase(
                name,
                """
                input %x : f64[3,4]
                %y = \(name) %x : f64[3,4]
                output y = %y
                """)
        case .log, .sqrt:
            GradientCase(
                name, positive: true,
                """
                input %x : f64[3,4]
                %y = \(name) %x : f64[3,4]
                output y = %y
                """)
        case .logicalNot:
            GradientCase(
                name,
                """
                input %x : f64[3,4]
                %truth = convert %x : bool[3,4]
                %not = not %truth : bool[3,4]
                %y = convert %not : f64[3,4]
                output y = %y
                """)
        }
    }

    private static let binary = BinaryOp.allCases.flatMap { op -> [GradientCase] in
        let name = op.rawValue
        switch op {
        case .add, .subtract, .multiply, .divide, .maximum, .minimum, .power:
            return [
                GradientCase(
                    name, positive: op == .power,
                    """
                    input %a : f64[3,4]
                    input %b : f64[3,4]
                    %y = \(name) %a, %b : f64[3,4]
                    output y = %y
                    """),
                GradientCase(
                    "\(name), of one value with itself", positive: op == .power,
                    """
                    input %a : f64[3]
                    %e = exp %a : f64[3]
                    %y = \(name) %e, %e : f64[3]
                    %z = add %y, %e : f64[3]
                    output z = %z
                    """),
            ]
        case .logicalAnd, .logicalOr:
            return [
                GradientCase(
                    name,
                    """
                    input %x : f64[3,4]
                    %truth = convert %x : bool[3,4]
                    %both = \(name) %truth, %truth : bool[3,4]
                    %y = convert %both : f64[3,4]
                    output y = %y
                    """)
            ]
        }
    } + [
        GradientCase(
            "power, of negative numbers with a fixed exponent",
            """
            input %a : f64[3,4]
            %three = constant {value=3.0} : f64[3,4]
            %y = power %a, %three : f64[3,4]
            output y = %y
            """)
    ]

    // MARK: Sources

    private static let sources = [
        GradientCase(
            "constant",
            """
            input %x : f64[3]
            %c = constant {value=[0.5, -2.0, 3.0]} : f64[3]
            %y = multiply %x, %c : f64[3]
            output y = %y
            """),
        GradientCase(
            "iota",
            """
            input %x : f64[2,3]
            %i = iota {axis=1} : f64[2,3]
            %y = power %x, %i : f64[2,3]
            output y = %y
            """),
        GradientCase(
            "random_uniform", integers: ["key": [7, -9]],
            """
            input %x : f64[5,5]
            input %key : i32[2]
            %u = random_uniform %key {stream=3} : f64[5,5]
            %y = multiply %u, %x : f64[5,5]
            output y = %y
            """),
    ]

    // MARK: Choices

    private static let choices = Comparison.allCases.map { comparison in
        GradientCase(
            "compare, \(comparison.rawValue)",
            """
            input %a : f64[3,4]
            input %b : f64[3,4]
            %less = compare %a, %b {kind=\(comparison.rawValue)} : bool[3,4]
            %y = convert %less : f64[3,4]
            output y = %y
            """)
    } + [
        GradientCase(
            "select",
            """
            input %p : bool[3,4]
            input %a : f64[3,4]
            input %b : f64[3,4]
            %y = select %p, %a, %b : f64[3,4]
            output y = %y
            """),
        GradientCase(
            "select, by a comparison of what it chooses from",
            """
            input %a : f64[3,4]
            input %b : f64[3,4]
            %p = compare %a, %b {kind=lt} : bool[3,4]
            %square = multiply %a, %a : f64[3,4]
            %y = select %p, %square, %b : f64[3,4]
            output y = %y
            """),
        GradientCase(
            "convert, through f32", binaryFractions: true,
            """
            input %x : f64[3,4]
            %single = convert %x : f32[3,4]
            %y = convert %single : f64[3,4]
            output y = %y
            """),
        GradientCase(
            "convert, to its own type",
            """
            input %x : f64[3,4]
            %y = convert %x : f64[3,4]
            %z = multiply %y, %x : f64[3,4]
            output z = %z
            """),
        GradientCase(
            "stop_gradient",
            """
            input %x : f64[3,4]
            %y = stop_gradient %x : f64[3,4]
            output y = %y
            """),
    ]

    // MARK: Reductions and products

    private static let reductions = Reduction.allCases.flatMap { reduction -> [GradientCase] in
        [([Int](), "[3,4,5]"), ([0], "[4,5]"), ([1], "[3,5]"), ([2], "[3,4]"), ([0, 2], "[4]"), ([0, 1, 2], "[]")].map {
            axes, shape in
            GradientCase(
                "reduce, \(reduction.rawValue) over \(axes)",
                """
                input %x : f64[3,4,5]
                %y = reduce %x {kind=\(reduction.rawValue), axes=\(axes)} : f64\(shape)
                output y = %y
                """)
        }
    }

    private static func dot(_ detail: String, _ left: String, _ right: String, _ axes: String, _ result: String) -> GradientCase {
        GradientCase(
            "dot, \(detail)",
            """
            input %a : f64\(left)
            input %b : f64\(right)
            %y = dot %a, %b {\(axes)} : f64\(result)
            output y = %y
            """)
    }

    private static let products = [
        dot("matrices", "[3,4]", "[4,5]", "batch=[[],[]], contract=[[1],[0]]", "[3,5]"),
        dot("transposed matrices", "[4,3]", "[5,4]", "batch=[[],[]], contract=[[0],[1]]", "[3,5]"),
        dot("outer product", "[3]", "[2,2]", "batch=[[],[]], contract=[[],[]]", "[3,2,2]"),
        dot("inner product", "[3,2]", "[2,3]", "batch=[[],[]], contract=[[0,1],[1,0]]", "[]"),
        dot(
            "two batch and two contracting axes in odd orders", "[2,3,4,5,2]", "[4,5,3,2,3]",
            "batch=[[2,0],[0,3]], contract=[[3,1],[1,2]]", "[4,2,2,3]"),
        dot(
            "three contracting axes, free axes between them", "[2,3,2,4]", "[4,2,5,2]",
            "batch=[[],[]], contract=[[3,0,2],[0,3,1]]", "[3,5]"),
        dot("batch axis last", "[3,4,2]", "[4,2,5]", "batch=[[2],[1]], contract=[[1],[0]]", "[2,3,5]"),
        GradientCase(
            "dot, of one value with itself",
            """
            input %a : f64[3,4]
            %y = dot %a, %a {batch=[[],[]], contract=[[1],[1]]} : f64[3,3]
            output y = %y
            """),
    ]

    // MARK: Movements

    private static func move(_ description: String, _ attributes: String, from: String, to: String) -> GradientCase {
        let op = description.prefix { $0 != "," }
        return GradientCase(
            description,
            """
            input %x : f64\(from)
            %y = \(op) %x \(attributes.isEmpty ? "" : "{\(attributes)}") : f64\(to)
            output y = %y
            """)
    }

    private static let movements = [
        move("transpose", "permutation=[2,0,3,1]", from: "[2,3,4,5]", to: "[4,2,5,3]"),
        move("reshape", "", from: "[2,6]", to: "[3,2,2]"),
        move("reshape, to a scalar", "", from: "[1,1]", to: "[]"),
        move("broadcast", "axes=[1,2]", from: "[3,2]", to: "[4,3,2,5]"),
        move("broadcast, of a scalar", "axes=[]", from: "[]", to: "[4,3]"),
        move("slice", "starts=[1,0], limits=[3,4], strides=[1,1]", from: "[4,5]", to: "[2,4]"),
        move(
            "slice, every n-th entry", "starts=[1,0,2], limits=[8,9,3], strides=[3,4,1]", from: "[9,9,4]", to: "[3,3,1]"),
        move(
            "slice, every n-th entry, the zeros after the last reach beyond the end",
            "starts=[0,1], limits=[5,4], strides=[4,3]", from: "[5,5]", to: "[2,1]"),
        move("slice, a stride longer than the slice", "starts=[2], limits=[4], strides=[5]", from: "[6]", to: "[1]"),
        move("pad", "low=[1,0], high=[2,3]", from: "[2,3]", to: "[5,6]"),
        GradientCase(
            "concatenate",
            """
            input %a : f64[2,3]
            input %b : f64[2,1]
            %y = concatenate %a, %b, %a {axis=1} : f64[2,7]
            output y = %y
            """),
        move("window", "axis=1, size=3", from: "[2,6,2]", to: "[2,4,3,2]"),
        move("window, of one entry", "axis=0, size=1", from: "[4]", to: "[4,1]"),
        move("window, as long as the axis", "axis=1, size=4", from: "[2,4]", to: "[2,1,4]"),
        move("overlap_add", "axis=1", from: "[2,4,3,2]", to: "[2,6,2]"),
        move("overlap_add, along the first axis", "axis=0", from: "[3,2]", to: "[4]"),
        GradientCase(
            "gather, repeated indices and some out of range", integers: ["chosen": [2, 0, 2, 7, -3, 2]],
            """
            input %rows : f64[4,3]
            input %chosen : i32[6]
            %y = gather %rows, %chosen : f64[6,3]
            output y = %y
            """),
        GradientCase(
            "scatter_add, repeated indices and some out of range", integers: ["chosen": [2, 0, 2, 7, -3, 2]],
            """
            input %rows : f64[6,3]
            input %chosen : i32[6]
            %y = scatter_add %rows, %chosen {count=4} : f64[4,3]
            output y = %y
            """),
    ]
}
