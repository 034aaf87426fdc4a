import Graph

/// Operations that are computed inside the loops of others.
extension AgreementCase {
    static func inlined() throws -> [AgreementCase] {
        try [
            AgreementCase(
                "pad and concatenate in a sum",
                """
                input %a : f32[3,4]
                input %b : f32[3,3]
                input %c : f32[5,7]
                %padded = pad %a {low=[1,0], high=[1,3]} : f32[5,7]
                %wide = concatenate %a, %b {axis=1} : f32[3,7]
                %tall = pad %wide {low=[2,0], high=[0,0]} : f32[5,7]
                %sum = add %padded, %tall : f32[5,7]
                %y = maximum %sum, %c : f32[5,7]
                output y = %y
                """),
            AgreementCase(
                "pad of a concatenation of pads",
                """
                input %a : f32[3]
                input %b : f32[4]
                %left = pad %a {low=[2], high=[1]} : f32[6]
                %n = negate %b : f32[4]
                %right = pad %n {low=[0], high=[3]} : f32[7]
                %both = concatenate %left, %right, %left {axis=0} : f32[19]
                %y = pad %both {low=[3], high=[2]} : f32[24]
                %part = slice %y {starts=[1], limits=[23], strides=[3]} : f32[8]
                output y = %y
                output part = %part
                """),
            AgreementCase(
                "concatenate in reductions of every direction",
                """
                input %a : f32[7,3]
                input %b : f32[7,30]
                %wide = concatenate %a, %b, %a {axis=1} : f32[7,36]
                %t = transpose %wide {permutation=[1,0]} : f32[36,7]
                %rows = reduce %wide {kind=maximum, axes=[1]} : f32[7]
                %columns = reduce %wide {kind=minimum, axes=[0]} : f32[36]
                %turned = reduce %t {kind=maximum, axes=[1]} : f32[36]
                %all = reduce %t {kind=minimum, axes=[0,1]} : f32[]
                output rows = %rows
                output columns = %columns
                output turned = %turned
                output all = %all
                """),
            AgreementCase(
                "pad in a product",
                """
                input %a : f32[5,8]
                input %b : f32[9,33]
                %padded = pad %a {low=[2,0], high=[0,1]} : f32[7,9]
                %y = dot %padded, %b {batch=[[],[]], contract=[[1],[0]]} : f32[7,33]
                output y = %y
                """),
            AgreementCase(
                "convolution by windows",
                """
                input %x : f32[2,11,3]
                input %w : f32[4,3,5]
                %windows = window %x {axis=1, size=5} : f32[2,7,5,3]
                %y = dot %windows, %w {batch=[[],[]], contract=[[3,2],[1,2]]} : f32[2,7,4]
                %back = overlap_add %windows {axis=1} : f32[2,11,3]
                %most = reduce %windows {kind=maximum, axes=[2]} : f32[2,7,3]
                output y = %y
                output back = %back
                output most = %most
                """),
            AgreementCase(
                "gather in expressions", values: ["i": [4, 9, -1, 0, 2, 2, 3], "j": [1, 1, 0, 6, 5, 3, -2]],
                """
                input %table : f32[5,6]
                input %i : i32[7]
                input %j : i32[7]
                %k = maximum %i, %j : i32[7]
                %first = gather %table, %k : f32[7,6]
                %second = gather %table, %j : f32[7,6]
                %difference = subtract %first, %second : f32[7,6]
                %t = transpose %difference {permutation=[1,0]} : f32[6,7]
                %sum = reduce %t {kind=sum, axes=[0]} : f32[7]
                output t = %t
                output sum = %sum
                """),
            AgreementCase(
                "softmax",
                """
                input %x : f32[3,7,33]
                %most = reduce %x {kind=maximum, axes=[2]} : f32[3,7]
                %spread = broadcast %most {axes=[0,1]} : f32[3,7,33]
                %low = subtract %x, %spread : f32[3,7,33]
                %e = exp %low : f32[3,7,33]
                %sum = reduce %e {kind=sum, axes=[2]} : f32[3,7]
                %total = broadcast %sum {axes=[0,1]} : f32[3,7,33]
                %y = divide %e, %total : f32[3,7,33]
                %log = log %sum : f32[3,7]
                output y = %y
                output log = %log
                """),
            AgreementCase(
                "broadcasts of scalars, rows and columns",
                """
                input %s : f32[]
                input %r : f32[33]
                input %c : f32[7]
                input %x : f32[7,33]
                %ss = broadcast %s {axes=[]} : f32[7,33]
                %rr = broadcast %r {axes=[1]} : f32[7,33]
                %cc = broadcast %c {axes=[0]} : f32[7,33]
                %a = maximum %ss, %rr : f32[7,33]
                %b = minimum %a, %cc : f32[7,33]
                %y = divide %b, %x : f32[7,33]
                %t = transpose %y {permutation=[1,0]} : f32[33,7]
                output y = %y
                output t = %t
                """),
            AgreementCase(
                "broadcast of what is computed",
                """
                input %x : f32[7]
                %e = exp %x : f32[7]
                %y = broadcast %e {axes=[1]} : f32[33,7]
                %z = broadcast %e {axes=[0]} : f32[7,33]
                %sum = reduce %z {kind=sum, axes=[0]} : f32[33]
                output y = %y
                output sum = %sum
                """),
            AgreementCase(
                "masks in several types",
                """
                input %x : f32[6,9]
                input %n : i32[9]
                %column = iota {axis=1} : i32[6,9]
                %row = iota {axis=0} : i32[6,9]
                %lower = compare %column, %row {kind=le} : bool[6,9]
                %limits = broadcast %n {axes=[1]} : i32[6,9]
                %inside = compare %row, %limits {kind=lt} : bool[6,9]
                %both = and %lower, %inside : bool[6,9]
                %zero = constant {value=-inf} : f32[6,9]
                %y = select %both, %x, %zero : f32[6,9]
                %count = convert %both : i32[6,9]
                %total = reduce %count {kind=sum, axes=[0,1]} : i32[]
                %share = convert %both : f32[6,9]
                output y = %y
                output total = %total
                output share = %share
                """),
            AgreementCase(
                "results that may take the memory of an operand",
                """
                input %x : f32[9,9]
                %a = dot %x, %x {batch=[[],[]], contract=[[1],[0]]} : f32[9,9]
                %b = negate %a : f32[9,9]
                %c = dot %b, %x {batch=[[],[]], contract=[[1],[0]]} : f32[9,9]
                %d = tanh %c : f32[9,9]
                %t = transpose %d {permutation=[1,0]} : f32[9,9]
                %e = maximum %d, %t : f32[9,9]
                %f = dot %e, %d {batch=[[],[]], contract=[[1],[0]]} : f32[9,9]
                %g = minimum %f, %e : f32[9,9]
                %i = convert %g : i32[9,9]
                %h = convert %i : f32[9,9]
                %y = dot %h, %g {batch=[[],[]], contract=[[1],[0]]} : f32[9,9]
                output y = %y
                output i = %i
                """),
            AgreementCase(
                "operations on constants",
                """
                input %x : f32[3]
                %c = constant {value=-0.5} : f32[3]
                %i = constant {value=-5} : i32[3]
                %t = constant {value=true} : bool[3]
                %d = constant {value=-0.1} : f64[3]
                %n = negate %c : f32[3]
                %a = abs %i : i32[3]
                %m = negate %i : i32[3]
                %f = not %t : bool[3]
                %e = negate %d : f64[3]
                %s = subtract %x, %c : f32[3]
                %w = convert %d : i32[3]
                %less = compare %c, %n {kind=lt} : bool[3]
                %y = select %less, %s, %n : f32[3]
                output n = %n
                output a = %a
                output m = %m
                output f = %f
                output e = %e
                output w = %w
                output y = %y
                """),
            AgreementCase(
                "barriers and views of expressions",
                """
                input %x : f32[3,4]
                %e = abs %x : f32[3,4]
                %s = stop_gradient %e : f32[3,4]
                %n = negate %s : f32[3,4]
                %r = reshape %n : f32[12]
                %t = stop_gradient %r : f32[12]
                %o = sqrt %e : f32[3,4]
                %u = stop_gradient %o : f32[3,4]
                %sum = maximum %u, %n : f32[3,4]
                output t = %t
                output sum = %sum
                """),
            AgreementCase(
                "one value for several kernels",
                """
                input %x : f32[7,13]
                %e = tanh %x : f32[7,13]
                %square = multiply %e, %e : f32[7,13]
                %rows = reduce %square {kind=sum, axes=[1]} : f32[7]
                %columns = reduce %square {kind=sum, axes=[0]} : f32[13]
                %most = reduce %e {kind=maximum, axes=[0,1]} : f32[]
                %root = sqrt %rows : f32[7]
                %spread = broadcast %root {axes=[0]} : f32[7,13]
                %y = divide %e, %spread : f32[7,13]
                output rows = %rows
                output columns = %columns
                output most = %most
                output y = %y
                output x = %x
                output again = %y
                """),
            AgreementCase(
                "one loop for several results",
                """
                input %key : i32[2]
                input %x : f32[3,1700]
                input %bias : f32[1700]
                input %part : f32[2,1700]
                %rows = broadcast %bias {axes=[1]} : f32[3,1700]
                %a = add %x, %rows : f32[3,1700]
                %u = random_uniform %key {stream=3} : f32[3,1700]
                %kept = compare %u, %x {kind=lt} : bool[3,1700]
                %tall = pad %part {low=[1,0], high=[0,0]} : f32[3,1700]
                %b = select %kept, %a, %tall : f32[3,1700]
                %c = maximum %b, %tall : f32[3,1700]
                output a = %a
                output kept = %kept
                output b = %b
                output c = %c
                output again = %c
                """),
            AgreementCase(
                "one loop where a product is a result and a term of a sum",
                """
                input %x : f32[5000]
                input %y : f32[5000]
                %product = multiply %x, %y : f32[5000]
                %sum = add %product, %x : f32[5000]
                %square = multiply %sum, %sum : f32[5000]
                %difference = subtract %square, %product : f32[5000]
                output product = %product
                output sum = %sum
                output difference = %difference
                """),
        ]
    }
}
