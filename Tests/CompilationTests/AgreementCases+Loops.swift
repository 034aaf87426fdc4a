import Graph

/// Loops, and graphs that stretch the generated code.
extension AgreementCase {
    static func loops() throws -> [AgreementCase] {
        try [
            AgreementCase(
                "loop in a loop, backward",
                """
                input %start : f32[7]
                input %factor : f32[7]
                input %steps : f32[5,7]
                %last, %all = scan %start, %factor, %steps {count=5, carried=1, scanned=1, reverse=true} : f32[7], f32[5,7] {
                  input %outer : f32[7]
                  input %factor : f32[7]
                  input %step : f32[7]
                  %inner, %trace = scan %outer, %factor {count=3, carried=1, scanned=0, reverse=false} : f32[7], f32[3,7] {
                    input %state : f32[7]
                    input %factor : f32[7]
                    %product = multiply %state, %factor : f32[7]
                    %next = tanh %product : f32[7]
                    output state = %next
                    output trace = %state
                  }
                  %most = reduce %trace {kind=maximum, axes=[0]} : f32[7]
                  %sum = add %inner, %step : f32[7]
                  output outer = %sum
                  output all = %most
                }
                output last = %last
                output all = %all
                """),
            AgreementCase(
                "loop that exchanges, returns and shifts what it carries",
                """
                input %a : f32[4]
                input %b : f32[4]
                input %c : f32[2,2]
                input %x : i32[3,4]
                %p, %q, %r, %s, %t, %u = scan %a, %b, %c, %x {count=3, carried=3, scanned=1, reverse=false} : f32[4], f32[4], f32[2,2], f32[3,4], f32[3,2,2], i32[3,4] {
                  input %a : f32[4]
                  input %b : f32[4]
                  input %c : f32[2,2]
                  input %x : i32[4]
                  %flat = reshape %c : f32[4]
                  %n = negate %a : f32[4]
                  %square = reshape %n : f32[2,2]
                  output a = %b
                  output b = %flat
                  output c = %square
                  output s = %a
                  output t = %c
                  output u = %x
                }
                output p = %p
                output q = %q
                output r = %r
                output s = %s
                output t = %t
                output u = %u
                """),
            AgreementCase(
                "loop that exchanges large values, 4 iterations",
                """
                input %a : f32[40,30]
                input %b : f32[1200]
                input %c : f32[1200]
                %p, %q, %r, %s, %t = scan %a, %b, %c {count=4, carried=3, scanned=0, reverse=true} : f32[40,30], f32[1200], f32[1200], f32[4,1200], f32[4,40,30] {
                  input %a : f32[40,30]
                  input %b : f32[1200]
                  input %c : f32[1200]
                  %square = reshape %b : f32[40,30]
                  %flat = reshape %a : f32[1200]
                  %n = negate %flat : f32[1200]
                  %back = reshape %n : f32[40,30]
                  output a = %square
                  output b = %n
                  output c = %b
                  output s = %c
                  output t = %back
                }
                output p = %p
                output q = %q
                output r = %r
                output s = %s
                output t = %t
                """),
            AgreementCase(
                "loop that exchanges large values, 5 iterations",
                """
                input %a : f32[40,30]
                input %b : f32[1200]
                input %c : f32[1200]
                %p, %q, %r, %s, %t = scan %a, %b, %c {count=5, carried=3, scanned=0, reverse=true} : f32[40,30], f32[1200], f32[1200], f32[5,1200], f32[5,40,30] {
                  input %a : f32[40,30]
                  input %b : f32[1200]
                  input %c : f32[1200]
                  %square = reshape %b : f32[40,30]
                  %flat = reshape %a : f32[1200]
                  %n = negate %flat : f32[1200]
                  %back = reshape %n : f32[40,30]
                  output a = %square
                  output b = %n
                  output c = %b
                  output s = %c
                  output t = %back
                }
                output p = %p
                output q = %q
                output r = %r
                output s = %s
                output t = %t
                """),
            AgreementCase(
                "loop that exchanges two values",
                """
                input %a : f32[5]
                input %b : f32[5]
                %p, %q, %r = scan %a, %b, %b {count=3, carried=3, scanned=0, reverse=false} : f32[5], f32[5], f32[5] {
                  input %a : f32[5]
                  input %b : f32[5]
                  input %c : f32[5]
                  %n = negate %c : f32[5]
                  output a = %b
                  output b = %a
                  output c = %n
                }
                output p = %p
                output q = %q
                output r = %r
                """),
            AgreementCase(
                "loop of products with a matrix, along either axis and with rows of all lengths",
                """
                input %x : f32[7]
                input %y : f32[37]
                input %m : f32[7,7,37]
                input %n : f32[6,48]
                input %w : f32[6]
                %a, %b, %c, %d = scan %x, %y, %w, %m, %n {count=3, carried=3, scanned=0, reverse=false} : f32[7], f32[37], f32[6], f32[3,6,48] {
                  input %x : f32[7]
                  input %y : f32[37]
                  input %w : f32[6]
                  input %m : f32[7,7,37]
                  input %n : f32[6,48]
                  %rows = dot %m, %y {batch=[[],[]], contract=[[2],[0]]} : f32[7,7]
                  %left = dot %rows, %x {batch=[[],[]], contract=[[1],[0]]} : f32[7]
                  %right = dot %rows, %x {batch=[[],[]], contract=[[0],[0]]} : f32[7]
                  %both = add %left, %right : f32[7]
                  %part = constant {value=0.015625} : f32[7]
                  %share = multiply %both, %part : f32[7]
                  %next_x = tanh %share : f32[7]
                  %planes = dot %next_x, %m {batch=[[],[]], contract=[[0],[0]]} : f32[7,37]
                  %columns = dot %planes, %x {batch=[[],[]], contract=[[0],[0]]} : f32[37]
                  %little = constant {value=0.015625} : f32[37]
                  %less = multiply %columns, %little : f32[37]
                  %next_y = tanh %less : f32[37]
                  %ww = broadcast %w {axes=[0]} : f32[6,48]
                  %scaled = divide %n, %ww : f32[6,48]
                  %cubes = broadcast %scaled {axes=[1,2]} : f32[32,6,48]
                  %sums = reduce %cubes {kind=sum, axes=[0]} : f32[6,48]
                  %most = reduce %sums {kind=maximum, axes=[1]} : f32[6]
                  %next_w = exp %most : f32[6]
                  %small = logistic %next_w : f32[6]
                  output x = %next_x
                  output y = %next_y
                  output w = %small
                  output sums = %sums
                }
                output a = %a
                output b = %b
                output c = %c
                output d = %d
                """),
            AgreementCase(
                "loop with a product, a counter, a flag and tables",
                """
                input %x : f32[9,9]
                input %w : f32[9,9]
                input %key : i32[2]
                %zero = constant {value=0} : i32[]
                %no = constant {value=[false, true, false]} : bool[3]
                %last, %count, %flag, %picked, %seen, %noise = scan %x, %zero, %no, %w, %key {count=4, carried=3, scanned=0, reverse=false} : f32[9,9], i32[], bool[3], f32[4,3], bool[4,3], f32[4,2] {
                  input %x : f32[9,9]
                  input %count : i32[]
                  input %flag : bool[3]
                  input %w : f32[9,9]
                  input %key : i32[2]
                  %product = dot %x, %w {batch=[[],[]], contract=[[1],[1]]} : f32[9,9]
                  %next = tanh %product : f32[9,9]
                  %one = constant {value=1} : i32[]
                  %later = add %count, %one : i32[]
                  %other = not %flag : bool[3]
                  %table = constant {value=[0.5, -1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]} : f32[3,3]
                  %index = reshape %count : i32[1]
                  %row = gather %table, %index : f32[1,3]
                  %flat = reshape %row : f32[3]
                  %uniform = random_uniform %key {stream=5} : f32[2]
                  output x = %next
                  output count = %later
                  output flag = %other
                  output picked = %flat
                  output seen = %flag
                  output noise = %uniform
                }
                output last = %last
                output count = %count
                output flag = %flag
                output picked = %picked
                output seen = %seen
                output noise = %noise
                """),
            AgreementCase(
                "loop without carried values, with constants and entries as they are",
                """
                input %x : f64[6,3]
                input %fixed : f64[3]
                %a, %b, %c = scan %fixed, %x {count=6, carried=0, scanned=1, reverse=true} : f64[6,3], f64[6,3], f64[6,2] {
                  input %fixed : f64[3]
                  input %entry : f64[3]
                  %y = maximum %fixed, %entry : f64[3]
                  %c = constant {value=0.5} : f64[2]
                  output y = %y
                  output entry = %entry
                  output c = %c
                }
                output a = %a
                output b = %b
                output c = %c
                """),
            AgreementCase(
                "loop over nothing",
                """
                input %x : f32[0]
                input %y : f32[3,0]
                %last, %all = scan %x, %y {count=3, carried=1, scanned=1, reverse=false} : f32[0], f32[3,0] {
                  input %x : f32[0]
                  input %y : f32[0]
                  %next = maximum %x, %y : f32[0]
                  output x = %next
                  output all = %x
                }
                output last = %last
                output all = %all
                """),
            AgreementCase(
                "normalisation by turns",
                """
                input %x : f32[7,5]
                %e = exp %x : f32[7,5]
                %ones = constant {value=1.0} : f32[5]
                %v = scan %ones, %e {count=30, carried=1, scanned=0, reverse=false} : f32[5] {
                  input %v : f32[5]
                  input %e : f32[7,5]
                  %vv = broadcast %v {axes=[1]} : f32[7,5]
                  %ev = multiply %e, %vv : f32[7,5]
                  %rows = reduce %ev {kind=sum, axes=[1]} : f32[7]
                  %one = constant {value=1.0} : f32[7]
                  %u = divide %one, %rows : f32[7]
                  %uu = broadcast %u {axes=[0]} : f32[7,5]
                  %eu = multiply %e, %uu : f32[7,5]
                  %columns = reduce %eu {kind=sum, axes=[0]} : f32[5]
                  %share = constant {value=1.4} : f32[5]
                  %next = divide %share, %columns : f32[5]
                  output v = %next
                }
                output v = %v
                """),
        ]
    }

    // MARK: Large

    static func large() throws -> [AgreementCase] {
        // An expression that would grow beyond all bounds if it were computed where it is used.
        let doubling = (1...14).map {
            """
            %m\($0) = maximum %v\($0 - 1), %x : f32[33]
            %n\($0) = negate %v\($0 - 1) : f32[33]
            %v\($0) = minimum %m\($0), %n\($0) : f32[33]
            """
        }.joined(separator: "\n")
        // A value with sixty readers, and one with sixty operands.
        let readers = (0..<60).map {
            "%c\($0) = constant {value=\(Double($0) / 4)} : f32[5]\n%r\($0) = maximum %e, %c\($0) : f32[5]"
        }.joined(separator: "\n")
        let outputs = (0..<60).map { "output r\($0) = %r\($0)" }.joined(separator: "\n")
        let parts = (0..<60).map { "%r\($0)" }.joined(separator: ", ")
        return [
            try AgreementCase(
                "an expression that doubles",
                """
                input %x : f32[33]
                %v0 = abs %x : f32[33]
                \(doubling)
                output y = %v14
                """),
            try AgreementCase(
                "many readers and many operands",
                """
                input %x : f32[5]
                %e = exp %x : f32[5]
                \(readers)
                %all = concatenate \(parts) {axis=0} : f32[300]
                output all = %all
                \(outputs)
                """),
        ]
    }
}
