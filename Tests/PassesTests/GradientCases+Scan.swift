/// Loops: which values are carried, fixed, cut into entries and stacked, in both directions and inside each other.
extension GradientCase {
    static let scans = [false, true].map { reverse in
        GradientCase(
            "scan, everything\(reverse ? ", in reverse" : "")",
            """
            input %start : f64[3]
            input %factor : f64[3]
            input %steps : f64[4,3]
            %last, %trace, %seen = scan %start, %factor, %steps {count=4, carried=1, scanned=1, reverse=\(reverse)} : f64[3], f64[4,3], f64[4] {
              input %state : f64[3]
              input %factor : f64[3]
              input %step : f64[3]
              %scaled = multiply %state, %factor : f64[3]
              %sum = add %scaled, %step : f64[3]
              %next = tanh %sum : f64[3]
              %product = multiply %scaled, %step : f64[3]
              %seen = reduce %product {kind=sum, axes=[0]} : f64[]
              output state = %next
              output trace = %state
              output seen = %seen
            }
            output last = %last
            output trace = %trace
            output seen = %seen
            """)
    } + [
        GradientCase(
            "scan, with sums that the reversed loop reads",
            """
            input %start : f64[4]
            input %matrix : f64[4,4]
            input %steps : f64[3,4]
            %last, %all = scan %start, %matrix, %steps {count=3, carried=1, scanned=1, reverse=false} : f64[4], f64[3,4] {
              input %state : f64[4]
              input %matrix : f64[4,4]
              input %step : f64[4]
              %product = dot %matrix, %state {batch=[[],[]], contract=[[1],[0]]} : f64[4]
              %moved = add %product, %step : f64[4]
              %square = multiply %moved, %product : f64[4]
              %total = reduce %square {kind=sum, axes=[0]} : f64[]
              %everywhere = broadcast %total {axes=[]} : f64[4]
              %mixed = add %moved, %everywhere : f64[4]
              %next = tanh %mixed : f64[4]
              output state = %next
              output all = %product
            }
            output last = %last
            output all = %all
            """),
        GradientCase(
            "scan, one iteration",
            """
            input %start : f64[3]
            %last = scan %start {count=1, carried=1, scanned=0, reverse=false} : f64[3] {
              input %state : f64[3]
              %next = exp %state : f64[3]
              output state = %next
            }
            output last = %last
            """),
        GradientCase(
            "scan, nothing carried", positive: true,
            """
            input %factor : f64[2]
            input %steps : f64[5,2]
            %all = scan %factor, %steps {count=5, carried=0, scanned=1, reverse=true} : f64[5,2] {
              input %factor : f64[2]
              input %step : f64[2]
              %next = power %factor, %step : f64[2]
              output all = %next
            }
            output all = %all
            """),
        GradientCase(
            "scan, carried values exchanged and returned as they are",
            """
            input %a : f64[2]
            input %b : f64[2]
            %x, %y, %trace = scan %a, %b {count=3, carried=2, scanned=0, reverse=false} : f64[2], f64[2], f64[3,2] {
              input %x : f64[2]
              input %y : f64[2]
              %product = multiply %x, %y : f64[2]
              output x = %y
              output y = %product
              output trace = %x
            }
            output x = %x
            output y = %y
            output trace = %trace
            """),
        GradientCase(
            "scan, a counter and a table chosen from by it", integers: ["zero": [0]],
            """
            input %zero : i32[]
            input %start : f64[2]
            input %table : f64[3,2]
            %count, %last = scan %zero, %start, %table {count=5, carried=2, scanned=0, reverse=false} : i32[], f64[2] {
              input %count : i32[]
              input %state : f64[2]
              input %table : f64[3,2]
              %index = reshape %count : i32[1]
              %row = gather %table, %index : f64[1,2]
              %flat = reshape %row : f64[2]
              %scaled = multiply %state, %flat : f64[2]
              %next = add %scaled, %flat : f64[2]
              %one = constant {value=1} : i32[]
              %later = add %count, %one : i32[]
              output count = %later
              output state = %next
            }
            output last = %last
            """),
        GradientCase(
            "scan, one value in every place",
            """
            input %x : f64[3,3]
            %y = exp %x : f64[3,3]
            %last, %all = scan %y, %y, %y {count=3, carried=1, scanned=1, reverse=false} : f64[3,3], f64[3,3,3] {
              input %state : f64[3,3]
              input %fixed : f64[3,3]
              input %entry : f64[3]
              %row = broadcast %entry {axes=[1]} : f64[3,3]
              %product = multiply %state, %row : f64[3,3]
              %next = logistic %product : f64[3,3]
              %stacked = add %fixed, %state : f64[3,3]
              output state = %next
              output all = %stacked
            }
            output last = %last
            output all = %all
            """),
        GradientCase(
            "scan, only some values active",
            """
            input %x : f64[3]
            %c = constant {value=0.5} : f64[3]
            %a, %b, %stack = scan %c, %c, %x {count=3, carried=2, scanned=1, reverse=false} : f64[3], f64[3], f64[3,3] {
              input %a : f64[3]
              input %b : f64[3]
              input %entry : f64[]
              %spread = broadcast %entry {axes=[]} : f64[3]
              %moved = multiply %a, %spread : f64[3]
              %still = tanh %b : f64[3]
              %both = multiply %moved, %still : f64[3]
              output a = %moved
              output b = %still
              output stack = %both
            }
            output a = %a
            output stack = %stack
            """),
        GradientCase("scan, in a scan", nested),
        GradientCase(
            "scan, in a scan, with stacks cut into entries again",
            """
            input %start : f64[2]
            input %table : f64[3,2]
            %last, %all = scan %start, %table {count=2, carried=1, scanned=0, reverse=true} : f64[2], f64[2,3,2] {
              input %outer : f64[2]
              input %table : f64[3,2]
              %inner, %trace = scan %outer, %table {count=3, carried=1, scanned=1, reverse=false} : f64[2], f64[3,2] {
                input %state : f64[2]
                input %entry : f64[2]
                %product = multiply %state, %entry : f64[2]
                %next = tanh %product : f64[2]
                output state = %next
                output trace = %product
              }
              %again = scan %inner, %trace {count=3, carried=1, scanned=1, reverse=true} : f64[2] {
                input %state : f64[2]
                input %entry : f64[2]
                %next = add %state, %entry : f64[2]
                output state = %next
              }
              output outer = %again
              output all = %trace
            }
            output last = %last
            output all = %all
            """),
    ]

    static let nested = """
        input %start : f64[2]
        input %factor : f64[2]
        input %steps : f64[3,2]
        %last, %all = scan %start, %factor, %steps {count=3, carried=1, scanned=1, reverse=false} : f64[2], f64[3,2] {
          input %outer : f64[2]
          input %factor : f64[2]
          input %step : f64[2]
          %inner = scan %outer, %factor {count=2, carried=1, scanned=0, reverse=false} : f64[2] {
            input %state : f64[2]
            input %factor : f64[2]
            %product = multiply %state, %factor : f64[2]
            %next = tanh %product : f64[2]
            output state = %next
          }
          %sum = add %inner, %step : f64[2]
          output outer = %sum
          output all = %inner
        }
        output last = %last
        output all = %all
        """
}
