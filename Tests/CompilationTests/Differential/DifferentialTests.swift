import Foundation
import Graph
import Passes
import Testing

/// Random graphs over all operations, and their gradients: texts read back to the byte, and the interpreter, passes left out and run
/// twice, programs and plans of every kind agree, NaN, infinities, zeros of either sign and denormal numbers included.
///
/// `DG_FUZZ_GRAPHS` is the number of seeds, `DG_SEED` the first of them. With it each graph is compared without each pass.
@Suite struct DifferentialTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let graphs = environment["DG_FUZZ_GRAPHS"].flatMap { Int($0) } ?? 36
    private static let first = environment["DG_SEED"].flatMap { Int($0) } ?? 1
    /// So many graphs, with all their plans, are one library.
    private static let batch = 12
    private static let isLong = environment["DG_FUZZ_GRAPHS"] != nil

    @Test(arguments: 0..<(graphs + batch - 1) / batch)
    func agree(_ number: Int) throws {
        let start = Self.first + number * Self.batch
        let seeds = start..<min(start + Self.batch, Self.first + Self.graphs)
        let cases = try seeds.flatMap { try DifferentialCase.all(seed: $0) }
        let check = DifferentialCheck(cases, flags: Self.flags(number), allPasses: Self.isLong)
        let reduced = Set(check.failures.map(\.position)).sorted().prefix(1).map { position in
            let messages = check.failures.filter { $0.position == position }.map(\.message)
            let needsPlan = !messages.allSatisfy { $0.contains("alone:") || $0.contains("text of") }
            return FailureReduction.text(cases[position], needsPlan: needsPlan)
        }
        let list = check.failures.prefix(20).map { "\(cases[$0.position].name): \($0.message)" }.joined(separator: "\n")
        #expect(check.failures.isEmpty, "DG_SEED=\(seeds.lowerBound) DG_FUZZ_GRAPHS=\(seeds.count)\n\(list)\n\(reduced.joined())")
        if Self.isLong {
            print("differential: seeds \(seeds), \(cases.count) graphs, \(check.failures.count) failures, \(check.count)")
        }
    }

    /// Some batches are compiled as users' plans are, the others quickly.
    private static func flags(_ number: Int) -> [String] { number % 8 == 1 ? [] : ["-O0"] }

    @Test func graphsAreOfAllKinds() throws {
        let graphs = try (1...80).map { try RandomGraph.make(seed: $0, isWide: true) }
        let nodes = graphs.flatMap(\.nodes)
        #expect(Set(nodes.map(\.op.kind)) == Set(OpKind.allCases))
        #expect(graphs.contains { $0.values.contains { $0.type.elementCount == 0 } })
        for graph in graphs { try GraphVerifier.verify(graph) }
    }

    /// A bound that allows anything would find nothing.
    @Test func boundsAreTight() throws {
        var (loose, wide, tight, all) = (0, 0, 0, 0)
        for item in try (1...40).flatMap({ try DifferentialCase.all(seed: $0) }) {
            let expected = try Expectation(item.graph, item.inputs.tensors(item.graph), seed: item.seed)
            for output in expected.outputs where output.scale > 0 {
                all += 1
                if output.limit > 1e-3 * output.scale { loose += 1 }
                guard output.exact.type.elementType == .f64 else { continue }
                wide += 1
                if output.limit < 1e-10 * output.scale { tight += 1 }
            }
        }
        #expect(all > 300 && loose * 50 < all, "\(loose) of \(all)")
        // Some come from f32.
        #expect(wide > 100 && tight * 5 > wide * 4, "\(tight) of \(wide)")
    }

    /// Graphs that once showed a fault, on inputs of several seeds.
    @Test(arguments: regressions) func regressionStaysFixed(_ file: String) throws {
        let graph = try GraphParser.parse(TestFiles.read("Tests/Golden/regressions/\(file)"), file: file)
        let cases = (1...3).flatMap { seed in
            [false, true].map {
                DifferentialCase(name: file, graph: graph, inputs: SpecialInputs(seed: seed, isSpecial: $0), seed: seed)
            }
        }
        for flags in [[], ["-O0"]] {
            let check = DifferentialCheck(cases, flags: flags)
            #expect(check.failures.isEmpty, "\(check.failures.map(\.message).joined(separator: "\n"))")
        }
    }

    @Test func regressionsAreKept() { #expect(Self.regressions.count >= 2) }

    private static let regressions = ((try? TestFiles.names(in: "Tests/Golden/regressions")) ?? []).filter { $0.hasSuffix(".dg") }
}
