import Graph

/// Random numbers, counters and tables.
extension AgreementCase {
    static func sources() throws -> [AgreementCase] {
        var cases: [AgreementCase] = []
        for (type, shapes) in [("f32", ["[100]", "[3,70]", "[5000]", "[]", "[2,1,65]", "[0]"]), ("f64", ["[3,70]"])] {
            for shape in shapes {
                cases.append(
                    try AgreementCase(
                        "random \(type)\(shape)", values: ["key": [-5, 2_147_483_647]],
                        """
                        input %key : i32[2]
                        %a = random_uniform %key {stream=0} : \(type)\(shape)
                        %b = random_uniform %key {stream=4294967295} : \(type)\(shape)
                        %less = compare %a, %b {kind=lt} : bool\(shape)
                        output a = %a
                        output b = %b
                        output less = %less
                        """))
            }
        }
        cases += [
            try AgreementCase(
                "random numbers in expressions",
                """
                input %key : i32[2]
                input %x : f32[70,5]
                %u = random_uniform %key {stream=7} : f32[70,9]
                %part = slice %u {starts=[3,0], limits=[63,9], strides=[2,2]} : f32[30,5]
                %t = transpose %u {permutation=[1,0]} : f32[9,70]
                %rate = constant {value=0.25} : f32[70,9]
                %keep = compare %u, %rate {kind=ge} : bool[70,9]
                %kept = convert %keep : i32[70,9]
                %count = reduce %kept {kind=sum, axes=[0,1]} : i32[]
                %rows = reduce %kept {kind=sum, axes=[1]} : i32[70]
                output part = %part
                output t = %t
                output count = %count
                output rows = %rows
                """),
            try AgreementCase(
                "iota of every type",
                """
                input %x : f32[3,5,4]
                %a = iota {axis=0} : f32[3,5,4]
                %b = iota {axis=1} : f64[3,5,4]
                %c = iota {axis=2} : i32[3,5,4]
                %t = transpose %c {permutation=[2,0,1]} : i32[4,3,5]
                %part = slice %c {starts=[0,1,1], limits=[3,5,4], strides=[1,2,2]} : i32[3,2,2]
                %padded = pad %part {low=[0,0,1], high=[0,0,0]} : i32[3,2,3]
                %scaled = divide %x, %a : f32[3,5,4]
                %most = reduce %b {kind=maximum, axes=[0,2]} : f64[5]
                output a = %a
                output b = %b
                output t = %t
                output padded = %padded
                output scaled = %scaled
                output most = %most
                """),
        ]
        cases += try [("f32", 700), ("f64", 300), ("i32", 300), ("bool", 300), ("f32", 65)].map { type, count in
            var random = Random(seed: count)
            let elementType = ElementType(rawValue: type) ?? .f32
            var builder = GraphBuilder(name: "table of \(count) \(type)")
            let type = TensorType(elementType, [count])
            let x = builder.input("x", type)
            let chosen = builder.input("chosen", TensorType(.bool, [count]))
            let table = try builder.add(.constant(type, .dense(random.tensor(type).elements)), [], "table")
            let y = try builder.select(chosen, table, x)
            builder.output("y", y)
            builder.output("table", table)
            builder.output("part", try builder.slice(y, axis: 0, 5, count - 5))
            return AgreementCase(builder.graph)
        }
        cases.append(
            try AgreementCase(
                "constants at the ends of the number range",
                """
                input %x : f32[8]
                input %n : i32[4]
                input %d : f64[6]
                %f = constant {value=[nan, inf, -inf, -0.0, 1e-45, 3.4028235e+38, 1.1754944e-38, 16777216.0]} : f32[8]
                %i = constant {value=[-2147483648, 2147483647, 0, -1]} : i32[4]
                %e = constant {value=[nan, -inf, -0.0, 5e-324, 1.7976931348623157e+308, 0.1]} : f64[6]
                %same = constant {value=[0, 0, 1, 2]} : i32[4]
                %float = constant {value=[-0.0, 0.0, 1.0, 2.0]} : f32[4]
                %one = constant {value=1.0} : f32[4]
                %converted = convert %same : f32[4]
                %inverse = divide %one, %float : f32[4]
                %other = divide %one, %converted : f32[4]
                %a = maximum %x, %f : f32[8]
                %b = add %n, %i : i32[4]
                %c = minimum %d, %e : f64[6]
                output f = %f
                output i = %i
                output e = %e
                output a = %a
                output b = %b
                output c = %c
                output inverse = %inverse
                output other = %other
                """))
        return cases
    }
}
