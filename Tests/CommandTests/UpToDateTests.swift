import Foundation
import Testing

/// `dgc compile` leaves a plan alone that is what it would write, and only such a plan.
@Suite struct UpToDateTests {
    private let folder: TemporaryFolder
    private let graph: String
    private var plan: String { folder.path("a.plan") }

    /// A folder with a graph and its plan.
    init() throws {
        folder = try TemporaryFolder()
        graph = try folder.write(Fixtures.graphText, as: "a.dg")
        try run(.dgc, "compile", graph, "-o", folder.path("a.plan")).succeeded()
    }

    /// Every plan that is written is a folder of its own.
    private func folderNumber() throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: plan)[.systemFileNumber] as? Int)
    }

    private func compile(_ options: String..., environment: [String: String] = [:]) throws -> Outcome {
        try run(.dgc, ["compile", graph, "-o", plan] + options, environment: environment).succeeded()
    }

    private func expectUpToDate(
        _ options: String..., environment: [String: String] = [:], at location: SourceLocation = #_sourceLocation
    ) throws {
        let before = try folderNumber()
        let outcome = try run(.dgc, ["compile", graph, "-o", plan] + options, environment: environment).succeeded()
        #expect(outcome.output == "\(plan) is up to date\n", outcome.summary, sourceLocation: location)
        #expect(try folderNumber() == before, sourceLocation: location)
        #expect(try folder.names.filter { $0.hasPrefix("a.plan") } == ["a.plan"], sourceLocation: location)
    }

    /// The plan is written again, and is then up to date with the same options.
    private func expectCompiled(
        _ options: String..., environment: [String: String] = [:], at location: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try run(.dgc, ["compile", graph, "-o", plan] + options, environment: environment).succeeded()
        #expect(outcome.output.contains("\(plan): 3 parameters, compiled in "), outcome.summary, sourceLocation: location)
        let again = try run(.dgc, ["compile", graph, "-o", plan] + options, environment: environment).succeeded()
        #expect(again.output == "\(plan) is up to date\n", again.summary, sourceLocation: location)
    }

    @Test func unchangedPlanStays() throws {
        try expectUpToDate()
        // As shells complete it.
        let outcome = try run(.dgc, "compile", graph, "-o", "\(plan)/").succeeded()
        #expect(outcome.output == "\(plan)/ is up to date\n", outcome.summary)
    }

    @Test func forceCompilesAgain() throws {
        let before = try folderNumber()
        let outcome = try compile("--force")
        #expect(outcome.output.contains("compiled in"), outcome.summary)
        #expect(try folderNumber() != before)
        try expectUpToDate()
    }

    @Test func otherOptionsCompileAgain() throws {
        try expectCompiled("--unfused")
        try expectCompiled("--no-reuse")
        try expectCompiled("--disable", "rematerialize")
        try expectCompiled("--max-memory", "1GiB")
        try expectCompiled()
    }

    @Test func otherGraphCompilesAgain() throws {
        _ = try folder.write("// A comment says nothing to the compiler.\n" + Fixtures.graphText, as: "a.dg")
        try expectUpToDate()
        _ = try folder.write(Fixtures.graphText.replacingOccurrences(of: "output y = %y", with: "output y = %wide"), as: "a.dg")
        try expectCompiled()
    }

    @Test func otherCompilerCompilesAgain() throws {
        let environment = try Fixtures.quickCompiler()
        try expectCompiled(environment: environment)
        let path = try #require(environment["DG_CC"])
        // The same name and version, but another program.
        let compiler = try folder.writeScript("exec '\(path)' \"$@\"", as: "compiler")
        try expectCompiled(environment: ["DG_CC": compiler])
        _ = try folder.writeScript("exec '\(path)' \"$@\" -g0", as: "compiler")
        try expectCompiled(environment: ["DG_CC": compiler])
        try expectCompiled()
    }

    @Test(arguments: PlanCopy.files + PlanCopy.stageFiles) func damagedPlanIsCompiledAgain(_ file: String) throws {
        let path = "\(plan)/\(file)"
        try contents(path).dropLast(2).write(to: URL(fileURLWithPath: path))
        try expectCompiled()
        try FileManager.default.removeItem(atPath: path)
        try expectCompiled()
        try run(.dgrun, "bench", plan, "--iterations", "1").succeeded()
    }

    @Test(arguments: ["origin", "origin.executable", "target.features", "compiler.version", "files"])
    func planOfAnotherOriginIsCompiledAgain(_ key: String) throws {
        let copy = try PlanCopy(of: plan, in: TemporaryFolder())
        let keys = key.split(separator: ".").map(String.init)
        try copy.edit(keys, to: ["origin": "null", "target.features": "[]", "files": "{}"][key] ?? "\"another\"")
        let outcome = try run(.dgc, "compile", graph, "-o", copy.path).succeeded()
        #expect(outcome.output.contains("compiled in"), outcome.summary)
    }

    @Test func specificationsAndDataAreCompared() throws {
        let environment = try Fixtures.quickCompiler()
        func compile(_ options: [String]) throws -> Bool {
            let arguments = ["compile", Fixtures.golden("iemocap_small.json"), "-o", folder.path("b.plan")] + options
            let outcome = try run(.dgc, arguments, environment: environment).succeeded()
            return outcome.output.contains("compiled in")
        }
        let data = try ["--data", Fixtures.emotionData()]
        for options in [["--batch", "2"], ["--batch", "3"], ["--batch", "3", "--set", "relu_dropout=0.1"], data] {
            #expect(try compile(options), "\(options)")
            #expect(try !compile(options), "\(options)")
        }
    }
}
