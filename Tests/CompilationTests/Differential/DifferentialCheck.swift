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
    /// Whether each graph is compared without each of the passes, and not only without some that change from seed to seed.
    private let allPasses: Bool
    private(set) var count = ExpectedOutput.Count()
    private(set) var failures: [Failure] = []

    static let threads = 1...4

    private struct Compiled {
        let position: Int
        let variant: DifferentialCase.Variant
        let entry: Int
    }

    init(_ cases: [DifferentialCase], flags: [String], part: Part = .all, allPasses: Bool = false) {
        self.cases = cases
        self.allPasses = allPasses
        var expected: [Int: Expectation] = [:]
        var compiled: [Compiled] = []
        for (position, item) in cases.enumerated() {
            do {
                let expectation = try Expectation(item.graph, item.inputs.tensors(item.graph), seed: item.seed)
                expected[position] = expectation
                try checkWithoutPlan(position, expectation)
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
            let known = failures.count
            if cases.count == 1 { add(0, ["thrown: \(error)"]) }
            // Which of them it was, each of them says alone; unless it takes several.
            for (position, item) in cases.enumerated() where cases.count > 1 {
                let alone = DifferentialCheck([item], flags: flags, allPasses: allPasses)
                add(position, alone.failures.map(\.message))
            }
            if failures.count == known { add(0, ["thrown with \(cases.count - 1) others: \(error)"]) }
        }
    }

    private mutating func checkWithoutPlan(_ position: Int, _ expected: Expectation) throws {
        let item = cases[position]
        try GraphVerifier.verify(item.graph)
        add(position, TextCheck.failures(.graph(item.graph), &count))
        let switches = PassSwitches(expected)
        for name in chosen(PassSwitches.names, 2, seed: item.seed) { add(position, try switches.failures(name, &count)) }
        let kernels = KernelPassSwitches(graph: try DifferentialCase.optimized(item.graph), expected: expected)
        for name in chosen(KernelPassSwitches.names, 1, seed: item.seed) { add(position, try kernels.failures(name, &count)) }
    }

    private func chosen(_ names: [String], _ number: Int, seed: Int) -> [String] {
        allPasses ? names : (0..<number).map { names[(number * seed + $0) % names.count] }
    }

    private mutating func checkPlans(_ compiled: [Compiled], _ expected: [Int: Expectation], _ flags: [String]) throws {
        let plan = try CompiledPlan(compiled.map(Self.entry), flags: flags, threads: Self.threads.upperBound)
        var results: [String: [Tensor]] = [:]
        for item in compiled {
            guard let expectation = expected[item.position] else { continue }
            let entry = plan.entries[item.entry]
            if item.variant.kind == "optimised" { try checkStages(item.position, entry) }
            let key = "\(item.position) \(item.variant.kind)"
            results[key] = try run(item, plan, expectation)
            guard let twin = item.variant.twin, let first = results["\(item.position) \(twin)"], let second = results[key]
            else { continue }
            for (output, pair) in zip(expectation.outputs, zip(first, second)) where !pair.0.isIdentical(to: pair.1) {
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
        guard cases[position].seed / 2 % 2 == 0 else { return }
        add(position, try ProgramCheck.failures(entry, cases[position].inputs.tensors(entry.graph)))
    }

    /// The results with one thread; with more they must have the same bits.
    private mutating func run(_ item: Compiled, _ plan: CompiledPlan, _ expected: Expectation) throws -> [Tensor] {
        let (kind, graph, inputs) = (item.variant.kind, expected.graph, expected.inputs)
        let others = SpecialInputs(seed: cases[item.position].seed + 1, isSpecial: true).tensors(graph)
        var first: [Tensor] = []
        for threads in Self.threads {
            // What another run leaves in memory must not be taken for results.
            _ = try plan.run(item.entry, others, threads: threads)
            let found = try plan.run(item.entry, inputs, threads: threads)
            count.plans += 1
            if threads == 1 {
                first = found
                add(item.position, try expected.mismatches(found, &count).map { "\(kind): \($0)" })
            } else {
                for (position, result) in found.enumerated() where !result.isIdentical(to: first[position]) {
                    add(item.position, ["\(kind), \(threads) threads: \(expected.outputs[position].name) has other bits than with one"])
                }
            }
        }
        return first
    }
}
