import Graph

/// Matrix products that read windows, slices and transpositions of what is in memory.
extension AgreementCase {
    static func strides() throws -> [AgreementCase] {
        try convolutions() + planar() + views()
    }

    private static func product(_ name: String, _ type: String, _ body: String) throws -> AgreementCase {
        var example = try AgreementCase("\(name), \(type)", body.replacing("T[", with: "\(type)["))
        // Sums of up to some thousand products in single precision.
        if type == "f32" { example.tolerance = 1e-5 }
        return example
    }

    /// A convolution over time with weights as they are stored, and both of its gradients.
    private static func convolutions() throws -> [AgreementCase] {
        let shapes = [
            // Batch, steps, channels, places in a window, features.
            (3, 50, 40, 5, 16), (2, 9, 7, 3, 20), (1, 5, 64, 5, 32), (4, 6, 33, 1, 8), (2, 150, 130, 2, 17), (1, 4, 3, 4, 2),
            (5, 12, 300, 6, 1), (1, 300, 1, 9, 65),
        ]
        return try shapes.flatMap { batch, steps, channels, size, features in
            let count = steps - size + 1
            return try ["f32", "f64"].map { type in
                try product(
                    "convolution \([batch, steps, channels, size, features])", type,
                    """
                    input %x : T[\(batch),\(steps),\(channels)]
                    input %w : T[\(features),\(channels),\(size)]
                    input %g : T[\(batch),\(count),\(features)]
                    %windows = window %x {axis=1, size=\(size)} : T[\(batch),\(count),\(size),\(channels)]
                    %y = dot %windows, %w {batch=[[],[]], contract=[[2,3],[2,1]]} : T[\(batch),\(count),\(features)]
                    %dw = dot %g, %windows {batch=[[],[]], contract=[[0,1],[0,1]]} : T[\(features),\(size),\(channels)]
                    %weight = transpose %dw {permutation=[0,2,1]} : T[\(features),\(channels),\(size)]
                    %parts = dot %g, %w {batch=[[],[]], contract=[[2],[0]]} : T[\(batch),\(count),\(channels),\(size)]
                    %dx = transpose %parts {permutation=[0,1,3,2]} : T[\(batch),\(count),\(size),\(channels)]
                    %input = overlap_add %dx {axis=1} : T[\(batch),\(steps),\(channels)]
                    output y = %y
                    output weight = %weight
                    output input = %input
                    """)
            }
        }
    }

    /// Windows in two directions, with zeros around them, and of a value that is computed.
    private static func planar() throws -> [AgreementCase] {
        try ["f32", "f64"].flatMap { type in
            try [
                product(
                    "convolution in the plane", type,
                    """
                    input %x : T[2,9,10,40]
                    input %w : T[3,2,40,24]
                    %rows = window %x {axis=1, size=3} : T[2,7,3,10,40]
                    %windows = window %rows {axis=3, size=2} : T[2,7,3,9,2,40]
                    %y = dot %windows, %w {batch=[[],[]], contract=[[2,4,5],[0,1,2]]} : T[2,7,9,24]
                    output y = %y
                    """),
                product(
                    "convolution with padding", type,
                    """
                    input %x : T[2,20,48]
                    input %w : T[32,48,3]
                    %padded = pad %x {low=[0,1,0], high=[0,1,0]} : T[2,22,48]
                    %windows = window %padded {axis=1, size=3} : T[2,20,3,48]
                    %y = dot %windows, %w {batch=[[],[]], contract=[[2,3],[2,1]]} : T[2,20,32]
                    output y = %y
                    """),
                product(
                    "convolution of an expression that others read", type,
                    """
                    input %x : T[20,48]
                    input %w : T[3,48,32]
                    %n = negate %x : T[20,48]
                    %windows = window %n {axis=0, size=3} : T[18,3,48]
                    %y = dot %windows, %w {batch=[[],[]], contract=[[1,2],[0,1]]} : T[18,32]
                    %largest = reduce %windows {kind=maximum, axes=[1]} : T[18,48]
                    output y = %y
                    output largest = %largest
                    """),
                product(
                    "products of windows with windows", type,
                    """
                    input %x : T[30,40]
                    %windows = window %x {axis=0, size=4} : T[27,4,40]
                    %inner = dot %windows, %windows {batch=[[],[]], contract=[[0,2],[0,2]]} : T[4,4]
                    %outer = dot %windows, %windows {batch=[[],[]], contract=[[1,2],[1,2]]} : T[27,27]
                    output inner = %inner
                    output outer = %outer
                    """),
                product(
                    "a filter for each channel", type,
                    """
                    input %x : T[40,12]
                    input %w : T[12,5,30]
                    %windows = window %x {axis=0, size=5} : T[36,5,12]
                    %y = dot %windows, %w {batch=[[2],[0]], contract=[[1],[1]]} : T[12,36,30]
                    output y = %y
                    """),
                product(
                    "convolution that skips steps", type,
                    """
                    input %x : T[3,41,32]
                    input %w : T[24,32,4]
                    %all = window %x {axis=1, size=4} : T[3,38,4,32]
                    %windows = slice %all {starts=[0,1,0,0], limits=[3,38,4,32], strides=[1,3,1,1]} : T[3,13,4,32]
                    %y = dot %windows, %w {batch=[[],[]], contract=[[2,3],[2,1]]} : T[3,13,24]
                    output y = %y
                    """),
            ]
        }
    }

    /// Slices and transpositions, of rows and of columns, in place and not.
    private static func views() throws -> [AgreementCase] {
        let operands = [
            ("rows", "slice %a {starts=[7,0], limits=[47,60], strides=[1,1]}"),
            ("other rows", "slice %a {starts=[20,0], limits=[60,60], strides=[1,1]}"),
            ("every second row", "slice %a {starts=[0,0], limits=[80,60], strides=[2,1]}"),
            ("a part of the rows", "slice %wide {starts=[3,5], limits=[43,65], strides=[1,1]}"),
            ("every second column", "slice %wide {starts=[0,1], limits=[40,121], strides=[1,2]}"),
            ("transposed", "transpose %tall {permutation=[1,0]}"),
        ]
        var cases: [AgreementCase] = []
        for type in ["f32", "f64"] {
            for (name, operand) in operands {
                for (side, dot, result) in [
                    ("left", "dot %v, %b {batch=[[],[]], contract=[[1],[0]]}", "[40,33]"),
                    ("right", "dot %c, %v {batch=[[],[]], contract=[[1],[0]]}", "[21,60]"),
                    ("right, transposed", "dot %d, %v {batch=[[],[]], contract=[[0],[1]]}", "[9,40]"),
                ] {
                    cases.append(
                        try product(
                            "\(name) on the \(side)", type,
                            """
                            input %a : T[80,60]
                            input %wide : T[50,130]
                            input %tall : T[60,40]
                            input %b : T[60,33]
                            input %c : T[21,40]
                            input %d : T[60,9]
                            %v = \(operand) : T[40,60]
                            %y = \(dot) : T\(result)
                            output y = %y
                            """))
                }
            }
        }
        return cases
    }
}
