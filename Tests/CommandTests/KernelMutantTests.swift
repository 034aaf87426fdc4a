import Data
import Foundation
import Testing

/// Kernels whose C has one wrong operator have to be noticed by `dgrun verify`, in processes of their own.
///
/// Those that compute the same numbers on several inputs are no mistakes and do not count. `DG_KERNEL_MUTANTS` is how many are made
/// of each of many sources, by chance; without it a few are made of one. `DG_SEED` repeats a choice.
@Suite struct KernelMutantTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let isLong = environment["DG_KERNEL_MUTANTS"] != nil
    private static let count = environment["DG_KERNEL_MUTANTS"].flatMap { Int($0) } ?? 12
    private static let seed = environment["DG_SEED"].flatMap { UInt64($0) }
        ?? (isLong ? UInt64.random(in: 0..<1_000_000) : 1)
    private static let wantedShare = 0.95

    private static func repository(_ file: String) -> String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.deletingLastPathComponent().appendingPathComponent(file).path
    }

    private static let sources: [[String]] = {
        let perceptron = [repository("graphs/mlp.grad.dg")]
        guard isLong else { return [perceptron] }
        let graphs = ["sinkhorn.7", "mmd.32", "attention.125"].map { [repository("bench/graphs/\($0).dg"), "--gradient", "loss"] }
        let models = ["mosi_small", "sims_small", "iemocap_small"].map { [Fixtures.golden("\($0).json"), "--entries", "train"] }
        return [perceptron] + graphs + models
    }()

    /// How many mistakes were made, and which of them nothing has noticed.
    private struct Score {
        var tried = 0
        var survivors: [String] = []
    }

    @Test func wrongKernelsAreNoticed() throws {
        let functions = try Self.functions()
        var score = Score()
        for source in Self.sources { try add(source, functions, to: &score) }
        let summary = "DG_SEED=\(Self.seed): \(score.tried - score.survivors.count) of \(score.tried) wrong kernels noticed"
        if Self.isLong { print(summary) }
        #expect(score.tried == Self.count * Self.sources.count)
        // In a short run one may slip through.
        let slipping = max(1, Int((1 - Self.wantedShare) * Double(score.tried)))
        #expect(score.survivors.count <= slipping, "\(summary); not:\n\(score.survivors.joined(separator: "\n"))")
    }

    private func add(_ source: [String], _ functions: Subject, to score: inout Score) throws {
        let folder = try TemporaryFolder()
        let plan = folder.path("a.plan")
        try run(.dgc, ["compile"] + source + ["-o", plan]).succeeded()
        let subject = try Subject(plan, folder)
        var generator = SplitMix64(seed: Self.seed)
        var candidates = KernelMutant.all(of: subject.source)
        var (noticed, survivors, equivalents) = (0, [KernelMutant](), [KernelMutant]())
        var canDiffer = false
        while noticed + survivors.count < Self.count, !candidates.isEmpty {
            let mutant = candidates.remove(at: generator.index(below: candidates.count))
            switch try subject.fate(of: mutant) {
            case .noCode, .sameCode: continue
            case .equivalent: equivalents.append(mutant)
            case .noticed:
                noticed += 1
                if !canDiffer { canDiffer = try subject.difference(seed: 2) ?? 0 > 0 }
            case .survived:
                if let same = mutant.moved(from: subject.source, to: functions.source), try functions.fate(of: same) == .noticed {
                    noticed += 1
                } else {
                    survivors.append(mutant)
                }
            }
        }
        #expect(canDiffer, "what is the same could not be told from what is not")
        score.tried += noticed + survivors.count
        score.survivors += survivors.map { "\(source[0]), \($0)" }
        guard Self.isLong else { return }
        let lists = [("not", survivors), ("the same numbers", equivalents)].map { title, mutants in
            "\n\(title):" + mutants.map { "\n  \($0)" }.joined()
        }
        print("\(source[0]): \(noticed) of \(noticed + survivors.count) wrong kernels noticed\(lists.joined())")
    }

    /// Functions such as e^x are in many plans, where some of their mistakes may drown; in this one each is an output.
    private static func functions() throws -> Subject {
        let folder = try TemporaryFolder()
        let graph = try folder.write(
            """
            dg 1 graph

            graph @functions {
              input %x : f32[4096]
              %more = constant {value=1.5} : f32[4096]
              %many = constant {value=4} : f32[4096]
              %positive = add %x, %more : f32[4096]
              %wide = multiply %x, %many : f32[4096]
              %exp = exp %x : f32[4096]
              %log = log %positive : f32[4096]
              %tanh = tanh %wide : f32[4096]
              %logistic = logistic %wide : f32[4096]
              %power = power %positive, %x : f32[4096]
              output exp = %exp
              output log = %log
              output tanh = %tanh
              output logistic = %logistic
              output power = %power
            }

            """, as: "functions.dg")
        let plan = folder.path("functions.plan")
        try run(.dgc, "compile", graph, "-o", plan).succeeded()
        return try Subject(plan, folder)
    }

    /// A plan whose kernels are compiled again and again.
    private struct Subject {
        enum Fate {
            /// The C compiler refuses it, or makes the same of it.
            case noCode, sameCode
            /// Everything that the plan computes is the same, as when a loop over padding goes further.
            case equivalent
            case noticed, survived
        }

        let source: String
        private let original: String
        private let plan: PlanCopy
        private let compiler: Compiler
        private let code: Foundation.Data

        init(_ path: String, _ folder: TemporaryFolder) throws {
            original = folder.path("original.plan")
            plan = try PlanCopy(of: path, in: folder)
            source = try String(decoding: contents(plan.file("kernels.c")), as: UTF8.self)
            let manifest = try JSONText(String(contentsOfFile: plan.file("manifest.json"), encoding: .utf8))
            let members = try #require(manifest.members["compiler"] as? [String: Any])
            let flags = try #require(members["flags"] as? [String])
            // Less optimization is much faster, and no mistake depends on it.
            let link = try #require(flags.firstIndex(of: "-shared"))
            compiler = Compiler(
                path: try #require(members["path"] as? String), flags: flags[..<link].map { $0 == "-O3" ? "-O1" : $0 },
                linkFlags: Array(flags[link...]))
            let library = plan.file("kernels.so")
            try #require(try compiler.compile(source, plan.file("kernels.c"), library))
            code = try contents(library)
            try plan.edit(["files", "kernels.so"], to: "\"\(PlanCopy.fingerprint(of: code))\"")
            // What is right, compiled otherwise than users' plans are, must pass, or nothing says anything.
            let outcome = try verify()
            try #require(outcome.status == 0 && !outcome.isSignal, outcome.summary)
            try FileManager.default.copyItem(atPath: plan.path, toPath: original)
            try #require(try difference(seed: 2) == 0)
        }

        func fate(of mutant: KernelMutant) throws -> Fate {
            let text = mutant.applied(to: source)
            guard try compiler.compile(text, plan.file("kernels.c"), plan.file("kernels.so")) else { return .noCode }
            let changed = try contents(plan.file("kernels.so"))
            guard changed != code else { return .sameCode }
            try plan.edit(["files", "kernels.so"], to: "\"\(PlanCopy.fingerprint(of: changed))\"")
            try plan.edit(["files", "kernels.c"], to: "\"\(PlanCopy.fingerprint(of: Foundation.Data(text.utf8)))\"")
            let outcome = try verify()
            if outcome.isSignal || outcome.status == 1 { return .noticed }
            // A refusal finds nothing wrong with the numbers.
            guard outcome.status == 0 else { return .survived }
            return try (2...4).allSatisfy { try difference(seed: $0) == 0 } ? .equivalent : .survived
        }

        /// With bounds: a wrong kernel may never end, ask for any memory, or write anywhere.
        private static let bounds = "ulimit -t 60; ulimit -c 0; ulimit -v 16000000; ulimit -f 20000; exec \"$0\" \"$@\""

        private func bounded(_ tool: Tool, _ arguments: [String]) throws -> Outcome {
            try Launch("/bin/sh", ["-c", Self.bounds, try tool.path()] + arguments).wait()
        }

        private func verify() throws -> Outcome {
            try bounded(.dgrun, ["verify", plan.path, "--steps", "1", "--rounds", "1"])
        }

        /// How far the plan's values and outputs are from those of the right kernels, relative to their largest elements; nil where
        /// it does not come to an end.
        func difference(seed: Int) throws -> Double? {
            let outcome = try bounded(.dgc, ["compare", original, plan.path, "--seed", "\(seed)", "--json"])
            guard !outcome.isSignal, [0, 1].contains(outcome.status) else { return nil }
            // Where one is not finite there is no number.
            return (try JSONText(outcome.output).members["largest_relative"] as? NSNumber)?.doubleValue ?? .infinity
        }
    }

    /// As the plan was compiled.
    private struct Compiler {
        let path: String
        let flags: [String]
        let linkFlags: [String]

        /// Whether the compiler takes the source.
        func compile(_ source: String, _ file: String, _ library: String) throws -> Bool {
            try source.write(toFile: file, atomically: false, encoding: .utf8)
            let object = library + ".o"
            defer { try? FileManager.default.removeItem(atPath: object) }
            let compiled = try Launch(path, flags + ["-c", file, "-o", object]).wait()
            guard !compiled.isSignal, compiled.status == 0 else { return false }
            let linked = try Launch(path, [object] + linkFlags + ["-o", library]).wait()
            return !linked.isSignal && linked.status == 0
        }
    }
}
