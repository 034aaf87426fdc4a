import Graph
import Passes

/// Compares everything about some graphs: texts, passes, programs and plans with the interpreter.
///
/// The plans of all graphs are compiled as one library, since most of the time is the C compiler's.
struct DifferentialCheck {
    struct Failure {
        let position: Int
        let message: String
    }

    /// Which parts of the comparison run; reduction needs only the one that has failed.
    enum Part {
        case withoutCompiler, all
    }

    let cases: [DifferentialCase]
    private(set) var count = ExpectedOutput.Count()
    private(set) var failures: [Failure] = []

    static let threads = 1...4

    private struct Compiled {
        let position: Int
        let variant: DifferentialCase.Variant
        let entry: Int
    }

    init(_ cases: [DifferentialCase], flags: [String], part: Part = .all) {
        self.cases = cases
        var expected: [[ExpectedOutput]] = []
        var compiled: [Compiled] = []
        for (position, item) in cases.enumerated() {
            expected.append([])
            do {
                expected[position] = try ExpectedOutput.all(item.graph, item.inputs.tensors(item.graph), seed: item.seed)
                try checkWithoutPlan(position, expected[position])
                guard part == .all else { continue }
                for variant in try item.variants() {
                    compiled.append(Compiled(position: position, variant: variant, entry: compiled.count))
                }
            } catch {
                add(position, ["thrown: \(error)"])
            }
        }
        guard !compiled.isEmpty else { return }
        do {
            try checkPlans(compiled, expected, flags)
        } catch {
            if cases.count == 1 { add(0, ["thrown: \(error)"]) }
            // Which of them it was, each of them says alone.
            for (position, item) in cases.enumerated() where cases.count > 1 {
                let alone = DifferentialCheck([item], flags: flags)
                add(position, alone.failures.map(\.message))
            }
        }
    }

    private mutating func checkWithoutPlan(_ position: Int, _ expected: [ExpectedOutput]) throws {
        let item = cases[position]
        try GraphVerifier.verify(item.graph)
        add(position, TextCheck.failures(.graph(item.graph), &count))
        let inputs = item.inputs.tensors(item.graph)
        let switches = PassSwitches(graph: item.graph, inputs: inputs, expected: expected)
        for offset in 0..<2 {
            let name = PassSwitches.names[(2 * item.seed + offset) % PassSwitches.names.count]
            add(position, try switches.failures(name, &count))
        }
        let kernels = KernelPassSwitches(graph: try DifferentialCase.optimized(item.graph), inputs: inputs, expected: expected)
        add(position, try kernels.failures(KernelPassSwitches.names[item.seed % KernelPassSwitches.names.count], &count))
    }

    private mutating func checkPlans(_ compiled: [Compiled], _ expected: [[ExpectedOutput]], _ flags: [String]) throws {
        let plan = try CompiledPlan(compiled.map(Self.entry), flags: flags, threads: Self.threads.upperBound)
        var results: [String: [Tensor]] = [:]
        for item in compiled {
            let entry = plan.entries[item.entry]
            if item.variant.kind == "optimised" { try checkStages(item.position, entry) }
            let key = "\(item.position) \(item.variant.kind)"
            results[key] = try run(item, plan, expected[item.position])
            guard let twin = item.variant.twin, let first = results["\(item.position) \(twin)"], let second = results[key] else { continue }
            for (output, pair) in zip(expected[item.position], zip(first, second)) where !pair.0.isIdentical(to: pair.1) {
                add(item.position, ["\(item.variant.kind): \(output.name) has other bits than \(twin)"])
            }
        }
    }

    /// Entries of a plan have names of their own.
    private static func entry(_ item: Compiled) -> (PlanCompiler, Graph) {
        var graph = item.variant.graph
        graph.name = "graph \(item.position) \(item.variant.kind)"
        return (item.variant.compiler, graph)
    }

    private mutating func add(_ position: Int, _ messages: [String]) {
        failures += messages.map { Failure(position: position, message: $0) }
    }

    /// What lies between the graph and the C code.
    private mutating func checkStages(_ position: Int, _ entry: PlanCompiler.Entry) throws {
        for stage in [Representation.graph(entry.graph), .kernels(entry.kernels), .program(entry.program)] {
            add(position, TextCheck.failures(stage, &count))
        }
        guard cases[position].seed % 4 == 0 else { return }
        add(position, try ProgramCheck.failures(entry, cases[position].inputs.tensors(entry.graph)))
    }

    /// The results with one thread; with more they must have the same bits.
    private mutating func run(_ item: Compiled, _ plan: CompiledPlan, _ expected: [ExpectedOutput]) throws -> [Tensor] {
        let (kind, graph) = (item.variant.kind, cases[item.position].graph)
        let inputs = cases[item.position].inputs.tensors(graph)
        let others = SpecialInputs(seed: cases[item.position].seed + 1, isSpecial: true).tensors(graph)
        var first: [Tensor] = []
        for threads in Self.threads {
            // What another run leaves in memory must not be taken for results.
            _ = try plan.run(item.entry, others, threads: threads)
            let found = try plan.run(item.entry, inputs, threads: threads)
            count.plans += 1
            if threads == 1 {
                first = found
                for (output, result) in zip(expected, found) {
                    if let mismatch = output.mismatch(result, &count) { add(item.position, ["\(kind): \(mismatch)"]) }
                }
            } else {
                for (position, result) in found.enumerated() where !result.isIdentical(to: first[position]) {
                    add(item.position, ["\(kind), \(threads) threads: \(expected[position].name) has other bits than with one"])
                }
            }
        }
        return first
    }
}
