/// A graph that puts memory planning to the test.
struct MemoryExample: Sendable, CustomStringConvertible {
    var description: String
    var body: String
    /// How many updates need a copy; nil where the plan is free.
    var copies: Int?

    init(_ description: String, copies: Int? = 0, _ body: String) {
        self.description = description
        self.body = body
        self.copies = copies
    }
}

extension MemoryExample {
    static let updates = [
        MemoryExample(
            "written in place",
            """
            input %p : f32[8] parameter
            input %x : f32[8]
            %next = subtract %p, %x : f32[8]
            output p = %next updates %p
            """),
        MemoryExample(
            "the old content is read by others too",
            """
            input %p : f32[8] parameter
            input %x : f32[8]
            %next = subtract %p, %x : f32[8]
            %square = multiply %p, %p : f32[8]
            %total = reduce %p {kind=sum, axes=[0]} : f32[]
            output p = %next updates %p
            output square = %square
            output total = %total
            """),
        MemoryExample(
            "the old content is read after the new one",
            """
            input %p : f32[8] parameter
            input %x : f32[8]
            %next = subtract %p, %x : f32[8]
            %product = multiply %next, %p : f32[8]
            output p = %next updates %p
            output product = %product
            """),
        MemoryExample(
            "the new content is read by others",
            """
            input %p : f32[8] parameter
            input %x : f32[8]
            %next = subtract %p, %x : f32[8]
            %total = reduce %next {kind=sum, axes=[0]} : f32[]
            output p = %next updates %p
            output total = %total
            """),
        MemoryExample(
            "exchanged", copies: 1,
            """
            input %p : f32[8] parameter
            input %q : f32[8] parameter
            output p = %q updates %p
            output q = %p updates %q
            """),
        MemoryExample(
            "exchanged by kernels", copies: 1,
            """
            input %p : f32[8] parameter
            input %q : f32[8] parameter
            %a = exp %p : f32[8]
            %b = tanh %q : f32[8]
            output p = %b updates %p
            output q = %a updates %q
            """),
        MemoryExample(
            "passed around a ring", copies: 1,
            """
            input %p : f32[8] parameter
            input %q : f32[8] state
            input %r : f32[8] parameter
            output p = %q updates %p
            output q = %r updates %q
            output r = %p updates %r
            """),
        MemoryExample(
            "each from both",
            """
            input %p : f32[8] parameter
            input %q : f32[8] parameter
            %sum = add %p, %q : f32[8]
            %difference = subtract %p, %q : f32[8]
            output p = %sum updates %p
            output q = %difference updates %q
            """),
        MemoryExample(
            "moved within itself", copies: 1,
            """
            input %p : f32[4,4] parameter
            %t = transpose %p {permutation=[1,0]} : f32[4,4]
            output p = %t updates %p
            """),
        MemoryExample(
            "read at two places", copies: 1,
            """
            input %p : f32[8] parameter
            %first = slice %p {starts=[0], limits=[1], strides=[1]} : f32[1]
            %rest = slice %p {starts=[1], limits=[8], strides=[1]} : f32[7]
            %turned = concatenate %rest, %first {axis=0} : f32[8]
            %next = add %p, %turned : f32[8]
            output p = %next updates %p
            """),
        MemoryExample(
            "read under another shape",
            """
            input %p : f32[2,4] parameter
            %flat = reshape %p : f32[8]
            %scaled = exp %flat : f32[8]
            %next = reshape %scaled : f32[2,4]
            output p = %next updates %p
            """),
        MemoryExample(
            "a product with itself", copies: 1,
            """
            input %p : f32[9,9] parameter
            %next = dot %p, %p {batch=[[],[]], contract=[[1],[0]]} : f32[9,9]
            output p = %next updates %p
            """),
        MemoryExample(
            "data, another parameter and a constant",
            """
            input %p : f32[3] parameter
            input %q : f32[3] state
            input %r : f32[3] parameter
            input %x : f32[3]
            %c = constant {value=[1.0, 2.0, 3.0]} : f32[3]
            output p = %x updates %p
            output q = %r updates %q
            output r = %c updates %r
            """),
        MemoryExample(
            "left as it is",
            """
            input %p : f32[3] parameter
            input %q : f32[3] parameter
            %next = add %p, %q : f32[3]
            output q = %q updates %q
            output p = %next updates %p
            """),
        MemoryExample(
            "one value for two inputs and an output", copies: nil,
            """
            input %p : f32[3] parameter
            input %q : f32[3] parameter
            %next = multiply %p, %q : f32[3]
            output p = %next updates %p
            output q = %next updates %q
            output copy = %next
            output again = %next
            """),
        MemoryExample(
            "a loop's last state", copies: nil,
            """
            input %p : f32[3] state
            input %x : f32[4,3]
            %last, %all = scan %p, %x {count=4, carried=1, scanned=1, reverse=false} : f32[3], f32[4,3] {
              input %state : f32[3]
              input %entry : f32[3]
              %next = add %state, %entry : f32[3]
              output state = %next
              output all = %state
            }
            output p = %last updates %p
            output all = %all
            """),
        MemoryExample(
            "a counter",
            """
            input %count : i32[] state
            input %flag : bool[2] state
            %one = constant {value=1} : i32[]
            %next = add %count, %one : i32[]
            %other = not %flag : bool[2]
            output count = %next updates %count
            output flag = %other updates %flag
            """),
    ]

    static let outputs = [
        MemoryExample(
            "no operations",
            """
            input %x : f32[3]
            output x = %x
            """),
        MemoryExample(
            "no outputs",
            """
            input %x : f32[3]
            %y = exp %x : f32[3]
            """),
        MemoryExample("nothing", ""),
        MemoryExample(
            "a scalar",
            """
            input %x : f32[]
            %y = exp %x : f32[]
            output y = %y
            """),
        MemoryExample(
            "only constants",
            """
            %c = constant {value=2} : i32[2]
            %d = constant {value=[true, false]} : bool[2]
            output c = %c
            output d = %d
            """),
        MemoryExample(
            "unused inputs",
            """
            input %x : f32[3]
            input %p : f32[5] parameter
            input %s : f32[2] state
            input %y : f32[3]
            %z = exp %y : f32[3]
            output z = %z
            """),
        MemoryExample(
            "one value three times",
            """
            input %x : f32[3]
            %y = exp %x : f32[3]
            output a = %y
            output b = %y
            output x = %x
            output again = %x
            output c = %y
            """),
        MemoryExample(
            "the same elements under other shapes",
            """
            input %x : f32[2,3]
            %flat = reshape %x : f32[6]
            %e = exp %x : f32[2,3]
            %column = reshape %e : f32[6,1]
            %back = reshape %column : f32[2,3]
            %stopped = stop_gradient %column : f32[6,1]
            output flat = %flat
            output column = %column
            output back = %back
            output stopped = %stopped
            output e = %e
            """),
        MemoryExample(
            "a parameter as it is",
            """
            input %p : f32[3] parameter
            %y = exp %p : f32[3]
            output p = %p
            output y = %y
            """),
        MemoryExample(
            "empty tensors",
            """
            input %x : f32[0,3]
            input %p : f32[0] parameter
            %y = exp %x : f32[0,3]
            %sum = reduce %y {kind=sum, axes=[0]} : f32[3]
            %next = exp %p : f32[0]
            output y = %y
            output sum = %sum
            output p = %next updates %p
            """),
        MemoryExample(
            "names that look like those of the compiler",
            """
            input %y : f32[2]
            %y.output = exp %y : f32[2]
            %z = scan %y.output {count=2, carried=1, scanned=0, reverse=false} : f32[2] {
              input %state : f32[2]
              %next = exp %state : f32[2]
              %other = exp %next : f32[2]
              output state = %other
            }
            %z.scratch = log %z : f32[2]
            output y = %y
            output y.output = %y
            output z = %z.scratch
            """),
        MemoryExample(
            "a long chain of equal sizes",
            """
            input %x : f32[8,8]
            %v0 = dot %x, %x {batch=[[],[]], contract=[[1],[0]]} : f32[8,8]
            
            """
                + (1...9).map { position in
                    position % 3 == 0
                        ? "%v\(position) = dot %v\(position - 1), %x {batch=[[],[]], contract=[[1],[0]]} : f32[8,8]"
                        : """
                        %e\(position) = tanh %v\(position - 1) : f32[8,8]
                        %v\(position) = add %e\(position), %v\(position - 1) : f32[8,8]
                        """
                }.joined(separator: "\n") + "\noutput y = %v9"),
    ]
}
