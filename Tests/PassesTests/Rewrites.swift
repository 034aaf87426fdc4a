/// One rule: a graph, and what it becomes once dead code is gone too.
struct Rewrite: Sendable, CustomStringConvertible {
    var description: String
    var before: String
    var after: String
    /// Whether the rule may round differently, and then also has no intermediate result that could overflow.
    var rounds = false

    init(_ description: String, _ before: String, _ after: String, rounds: Bool = false) {
        self.description = description
        self.before = before
        self.after = after
        self.rounds = rounds
    }

    /// A function `%y` of one value.
    static func unary(
        _ description: String, _ before: String, _ after: String, type: String = "f32[19]", rounds: Bool = false
    ) -> Rewrite {
        let input = "input %x : \(type)\n"
        return Rewrite(
            description, input + before +
            """
            
            output y = %y
            """, input + after + (after.contains("%y") ?
            """
            
            output y = %y
            """ :
            """
            
            output y = %x
            """),
            rounds: rounds)
    }

    /// A function `%y` of two values.
    static func binary(_ description: String, _ before: String, _ after: String) -> Rewrite {
        let inputs = "input %a : f32[19]\ninput %b : f32[19]\n"
        return Rewrite(description, inputs + before + "\noutput y = %y", inputs + after + "\noutput y = %y")
    }

    /// A graph that stays as it is.
    static func stays(_ description: String, _ body: String, type: String = "f32[19]") -> Rewrite {
        unary("\(description) stays", body, body, type: type)
    }
}

/// The rules.
extension Rewrite {
    /// `%y = op %x, constant` or the other way round.
    private static func with(_ constant: String, _ op: String, first: Bool = false, type: String = "f32[19]") -> String {
        """
        %c = constant {value=\(constant)} : \(type)
        %y = \(op) \(first ? "%c, %x" : "%x, %c") : \(type)
        """
    }

    private static let negated = "%y = negate %x : f32[19]"

    private static let arithmetic: [Rewrite] = [
        .unary(
            "−(−x)",
            """
            %n = negate %x : f32[19]
            %y = negate %n : f32[19]
            """, ""),
        .unary(
            "not not x",
            """
            %n = not %x : bool[19]
            %y = not %n : bool[19]
            """, "", type: "bool[19]"),
        .stays(
            "exp of exp",
            """
            %n = exp %x : f32[19]
            %y = exp %n : f32[19]
            """),
        .stays(
            "abs of negate",
            """
            %n = negate %x : f32[19]
            %y = abs %n : f32[19]
            """),
        .unary("x + −0", with("-0.0", "add"), ""), .unary("−0 + x", with("-0.0", "add", first: true), ""),
        .stays("x + 0", with("0.0", "add")), .stays("0 + x", with("0.0", "add", first: true)),
        .unary("x − 0", with("0.0", "subtract"), ""), .stays("x − −0", with("-0.0", "subtract")),
        .stays("0 − x", with("0.0", "subtract", first: true)),
        .binary(
            "a + −b",
            """
            %n = negate %b : f32[19]
            %y = add %a, %n : f32[19]
            """, "%y = subtract %a, %b : f32[19]"),
        .binary(
            "−a + b",
            """
            %n = negate %a : f32[19]
            %y = add %n, %b : f32[19]
            """, "%y = subtract %b, %a : f32[19]"),
        .binary(
            "a − −b",
            """
            %n = negate %b : f32[19]
            %y = subtract %a, %n : f32[19]
            """, "%y = add %a, %b : f32[19]"),
        .stays("x − x", "%y = subtract %x, %x : f32[19]"), .stays("x / x", "%y = divide %x, %x : f32[19]"),
        .unary("x · 1", with("1.0", "multiply"), ""), .unary("1 · x", with("1.0", "multiply", first: true), ""),
        .unary("x · −1", with("-1.0", "multiply"), negated), .unary("−1 · x", with("-1.0", "multiply", first: true), negated),
        .stays("x · 0", with("0.0", "multiply")), .stays("0 · x", with("0.0", "multiply", first: true)),
        .unary("x / 1", with("1.0", "divide"), ""), .stays("1 / x", with("1.0", "divide", first: true)),
        .stays("0 / x", with("0.0", "divide", first: true)),
        .unary("x to the 1", with("1.0", "power"), ""), .stays("x to the 0", with("0.0", "power")),
        .stays("1 to the x", with("1.0", "power", first: true)),
        .unary("(x · 2) · 4", factors("2.0", "4.0"), with("8.0", "multiply")),
        .unary(
            "4 · (0.3 · x)",
            """
            %c = constant {value=0.3} : f32[19]
            %once = multiply %c, %x : f32[19]
            %d = constant {value=4.0} : f32[19]
            %y = multiply %d, %once : f32[19]
            """, with("1.2", "multiply"), rounds: true),
        .unary("(x · 5) · 3, in integers", factors("5", "3", "i32[19]"), with("15", "multiply", type: "i32[19]"), type: "i32[19]"),
    ] + ["abs", "sign", "floor", "round_even"].map {
        .unary("\($0) twice", "%n = \($0) %x : f32[19]\n%y = \($0) %n : f32[19]", "%y = \($0) %x : f32[19]")
    } + ["maximum", "minimum"].map { .unary("\($0) of equal values", "%y = \($0) %x, %x : f32[19]", "") }
        + ["and", "or"].map { .unary("\($0) of equal values", "%y = \($0) %x, %x : bool[19]", "", type: "bool[19]") }

    private static let choices: [Rewrite] = [
        .unary(
            "a choice between equal values",
            """
            %zero = constant {value=0.0} : f32[19]
            %p = compare %x, %zero {kind=lt} : bool[19]
            %y = select %p, %x, %x : f32[19]
            """, ""),
        .unary(
            "a decided choice",
            """
            %p = constant {value=true} : bool[19]
            %n = negate %x : f32[19]
            %y = select %p, %x, %n : f32[19]
            """, ""),
        .unary(
            "a decided choice of the second",
            """
            %p = constant {value=false} : bool[19]
            %n = negate %x : f32[19]
            %y = select %p, %x, %n : f32[19]
            """, negated),
        .unary("conversion to the own type", "%y = convert %x : f32[19]", ""),
        .stays(
            "conversion there and back",
            """
            %n = convert %x : f64[19]
            %y = convert %n : f32[19]
            """),
    ] + ["maximum", "minimum"].map {
        .unary("\($0) over no axes", "%y = reduce %x {kind=\($0), axes=[]} : f32[19]", "")
    }

    private static let movements: [Rewrite] = [
        .unary("transposition of nothing", "%y = transpose %x {permutation=[0,1,2]} : f32[2,3,4]", "", type: "f32[2,3,4]"),
        .unary(
            "two transpositions",
            """
            %t = transpose %x {permutation=[2,0,1]} : f32[4,2,3]
            %y = transpose %t {permutation=[1,0,2]} : f32[2,4,3]
            """,
            "%y = transpose %x {permutation=[0,2,1]} : f32[2,4,3]", type: "f32[2,3,4]"),
        .unary(
            "a transposition there and back",
            """
            %t = transpose %x {permutation=[2,0,1]} : f32[4,2,3]
            %y = transpose %t {permutation=[1,2,0]} : f32[2,3,4]
            """,
            "", type: "f32[2,3,4]"),
        .unary("reshape to the own shape", "%y = reshape %x : f32[2,6]", "", type: "f32[2,6]"),
        .unary(
            "two reshapes",
            """
            %r = reshape %x : f32[12]
            %y = reshape %r : f32[3,4]
            """, "%y = reshape %x : f32[3,4]", type: "f32[2,6]"),
        .unary(
            "a reshape there and back",
            """
            %r = reshape %x : f32[12]
            %y = reshape %r : f32[2,6]
            """, "", type: "f32[2,6]"),
        .unary("broadcast to the own shape", "%y = broadcast %x {axes=[0,1]} : f32[2,6]", "", type: "f32[2,6]"),
        .unary(
            "two broadcasts",
            """
            %r = broadcast %x {axes=[1]} : f32[2,3]
            %y = broadcast %r {axes=[1,3]} : f32[4,2,1,3]
            """,
            "%y = broadcast %x {axes=[3]} : f32[4,2,1,3]", type: "f32[3]"),
        .unary("slice of everything", "%y = slice %x {starts=[0,0], limits=[2,6], strides=[1,1]} : f32[2,6]", "", type: "f32[2,6]"),
        .stays("slice of every second entry", "%y = slice %x {starts=[0,0], limits=[2,6], strides=[1,2]} : f32[2,3]", type: "f32[2,6]"),
        .unary(
            "slice of a slice",
            """
            %s = slice %x {starts=[1,2], limits=[7,8], strides=[1,1]} : f32[6,6]
            %y = slice %s {starts=[2,0], limits=[5,4], strides=[1,1]} : f32[3,4]
            """,
            "%y = slice %x {starts=[3,2], limits=[6,6], strides=[1,1]} : f32[3,4]", type: "f32[8,8]"),
        .stays(
            "slice of every second entry of a slice",
            """
            %s = slice %x {starts=[1], limits=[7], strides=[1]} : f32[6]
            %y = slice %s {starts=[0], limits=[6], strides=[2]} : f32[3]
            """,
            type: "f32[8]"),
        .unary("padding of nothing", "%y = pad %x {low=[0,0], high=[0,0]} : f32[2,6]", "", type: "f32[2,6]"),
        .unary(
            "slice that undoes padding",
            """
            %p = pad %x {low=[1,0], high=[2,3]} : f32[5,9]
            %y = slice %p {starts=[1,0], limits=[3,6], strides=[1,1]} : f32[2,6]
            """,
            "", type: "f32[2,6]"),
        .stays(
            "slice into padding",
            """
            %p = pad %x {low=[1,0], high=[2,3]} : f32[5,9]
            %y = slice %p {starts=[0,0], limits=[2,6], strides=[1,1]} : f32[2,6]
            """,
            type: "f32[2,6]"),
        .unary("concatenation of one value", "%y = concatenate %x {axis=1} : f32[2,6]", "", type: "f32[2,6]"),
        part("a part", "starts=[0,3], limits=[2,7], strides=[1,1]", "f32[2,4]", "output y = %b"),
        part(
            "the inside of a part", "starts=[1,4], limits=[2,6], strides=[1,1]", "f32[1,2]",
            """
            %y = slice %b {starts=[1,1], limits=[2,3], strides=[1,1]} : f32[1,2]
            output y = %y
            """),
        part(
            "every second entry of a part", "starts=[0,3], limits=[2,7], strides=[1,2]", "f32[2,2]",
            """
            %y = slice %b {starts=[0,0], limits=[2,4], strides=[1,2]} : f32[2,2]
            output y = %y
            """),
        part(
            "two parts", "starts=[0,2], limits=[2,4], strides=[1,1]", "f32[2,2]",
            """
            %all = concatenate %a, %b, %a {axis=1} : f32[2,10]
            
            """
                +
                """
                %y = slice %all {starts=[0,2], limits=[2,4], strides=[1,1]} : f32[2,2]
                output y = %y
                """),
    ]

    private static func part(_ description: String, _ slice: String, _ type: String, _ after: String) -> Rewrite {
        let inputs = "input %a : f32[2,3]\ninput %b : f32[2,4]\n"
        return Rewrite(
            "slice of \(description) of a concatenation",
            inputs + "%all = concatenate %a, %b, %a {axis=1} : f32[2,10]\n%y = slice %all {\(slice)} : \(type)\noutput y = %y",
            inputs + after)
    }

    private static let body = Rewrite(
        "x · 1 in a loop",
        """
        input %x : f32[3]
        %last = scan %x {count=2, carried=1, scanned=0, reverse=false} : f32[3] {
          input %state : f32[3]
          %one = constant {value=1.0} : f32[3]
          %same = multiply %state, %one : f32[3]
          %next = exp %same : f32[3]
          output state = %next
        }
        output y = %last
        """,
        """
        input %x : f32[3]
        %last = scan %x {count=2, carried=1, scanned=0, reverse=false} : f32[3] {
          input %state : f32[3]
          %next = exp %state : f32[3]
          output state = %next
        }
        output y = %last
        """)

    /// Rules whose result is what another rule is about.
    private static let chains: [Rewrite] = [
        .unary("(x · 4) · 0.25", factors("4.0", "0.25"), "", rounds: true),
        .unary("(x · 4) · −0.25", factors("4.0", "-0.25"), negated, rounds: true),
        .unary(
            "slice of a slice that undoes padding",
            """
            %p = pad %x {low=[3], high=[2]} : f32[9]
            %s = slice %p {starts=[1], limits=[8], strides=[1]} : f32[7]
            %y = slice %s {starts=[2], limits=[6], strides=[1]} : f32[4]
            """, "", type: "f32[4]"),
        .unary(
            "slice of a part that is a slice",
            """
            %s = slice %x {starts=[1], limits=[5], strides=[1]} : f32[4]
            %all = concatenate %x, %s {axis=0} : f32[10]
            %y = slice %all {starts=[7], limits=[9], strides=[1]} : f32[2]
            """, "%y = slice %x {starts=[2], limits=[4], strides=[1]} : f32[2]", type: "f32[6]"),
    ]

    static func factors(_ first: String, _ second: String, _ type: String = "f32[19]") -> String {
        """
        %c = constant {value=\(first)} : \(type)
        %once = multiply %x, %c : \(type)
        %d = constant {value=\(second)} : \(type)
        %y = multiply %once, %d : \(type)
        """
    }

    static let all = arithmetic + choices + movements + chains + [body]
}
