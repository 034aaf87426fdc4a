import Graph
import Testing

/// Parameters and states that a plan updates in its own memory, over several runs.
@Suite struct UpdateTests {
    private static let bodies = [
        "a bit of everything": everything, "two that change places": exchange, "moments": moments,
    ]

    private static let everything = """
        input %p : f32[9,9] parameter
        input %q : f32[9,9] parameter
        input %r : f32[9,9] parameter
        input %m : f32[9,9] state
        input %count : i32[] state
        input %trace : f32[3] state
        input %frozen : f32[9,9] parameter
        input %x : f32[9,9]
        %step = multiply %x, %p : f32[9,9]
        %product = dot %p, %x {batch=[[],[]], contract=[[1],[0]]} : f32[9,9]
        %squashed = tanh %product : f32[9,9]
        %mean = add %m, %squashed : f32[9,9]
        %next = subtract %p, %step : f32[9,9]
        %after = dot %next, %p {batch=[[],[]], contract=[[1],[1]]} : f32[9,9]
        %turned = transpose %r {permutation=[1,0]} : f32[9,9]
        %shifted = add %turned, %frozen : f32[9,9]
        %halves = tanh %shifted : f32[9,9]
        %one = constant {value=1} : i32[]
        %later = add %count, %one : i32[]
        %last, %seen = scan %trace, %frozen {count=4, carried=1, scanned=0, reverse=false} : f32[3], f32[4,3] {
          input %state : f32[3]
          input %fixed : f32[9,9]
          %row = slice %fixed {starts=[0,0], limits=[1,3], strides=[1,1]} : f32[1,3]
          %flat = reshape %row : f32[3]
          %sum = add %state, %flat : f32[3]
          %next = tanh %sum : f32[3]
          output state = %next
          output seen = %state
        }
        output after = %after
        output p = %next updates %p
        output m = %mean updates %m
        output q = %squashed updates %q
        output r = %halves updates %r
        output count = %later updates %count
        output trace = %last updates %trace
        output seen = %seen
        output frozen = %frozen updates %frozen
        output old = %q
        """

    private static let exchange = """
        input %p : f32[5000] parameter
        input %q : f32[5000] parameter
        output p = %q updates %p
        output q = %p updates %q
        output copy = %p
        """

    private static let moments = """
        input %p : f32[9,1000] parameter
        input %m : f32[9,1000] state
        input %v : f32[9,1000] state
        input %g : f32[9,1000]
        %half = constant {value=0.5} : f32[9,1000]
        %one = constant {value=1} : f32[9,1000]
        %shrunk = tanh %g : f32[9,1000]
        %old_m = multiply %m, %half : f32[9,1000]
        %next_m = add %old_m, %shrunk : f32[9,1000]
        %square = multiply %shrunk, %shrunk : f32[9,1000]
        %old_v = multiply %v, %half : f32[9,1000]
        %next_v = add %old_v, %square : f32[9,1000]
        %size = abs %next_v : f32[9,1000]
        %divisor = add %size, %one : f32[9,1000]
        %step = divide %next_m, %divisor : f32[9,1000]
        %next = subtract %p, %step : f32[9,1000]
        output p = %next updates %p
        output m = %next_m updates %m
        output v = %next_v updates %v
        output old = %p
        """

    @Test(arguments: bodies.keys.sorted(), [false, true])
    func memoryFollowsTheInterpreter(_ name: String, _ unfused: Bool) throws {
        let graph = try Graph.parsed(Self.bodies[name] ?? "")
        let plan = try CompiledPlan([graph], unfused: unfused)
        var results: [[Tensor]] = []
        for threads in 1...3 {
            var random = Random(seed: 5)
            var inputs = random.inputs(graph)
            var all: [Tensor] = []
            for run in 1...4 {
                // From the second run on, what is not data stands in the plan's memory.
                let given = run == 1 ? inputs : []
                let found = try plan.run(0, given, threads: threads)
                let expected = try graph.run(inputs)
                for (position, output) in graph.outputs.enumerated() {
                    let distance = found[position].distance(to: expected[position])
                    #expect(distance < 1e-5, "\(output.name), run \(run), \(threads) threads")
                    if let input = output.updates { inputs[input] = found[position] }
                }
                all += found
            }
            results.append(all)
        }
        for all in results { #expect(zip(all, results[0]).allSatisfy { $0.isIdentical(to: $1) }) }
    }
}
