import Foundation
import Graph
import Testing

/// `dgc view`: pages that hold all of a plan, and harm nobody who opens them.
@Suite struct ViewTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func page(_ arguments: String...) throws -> String {
        let path = folder.path("page.html")
        try run(.dgc, ["view"] + arguments + ["-o", path]).succeeded()
        return try String(contentsOfFile: path, encoding: .utf8)
    }

    /// The JSON of a data block.
    private func block(_ id: String, of page: String) throws -> [String: Any] {
        let start = try #require(page.range(of: "<script type=\"application/json\" id=\"\(id)\">"))
        let end = try #require(page.range(of: "</script>", range: start.upperBound..<page.endIndex))
        return try JSONText(String(page[start.upperBound..<end.lowerBound])).members
    }

    private func column(_ group: String, _ name: String, of block: [String: Any]) throws -> [Any] {
        try #require((block[group] as? [String: Any])?[name] as? [Any])
    }

    // MARK: Data

    @Test func pageHoldsTheWholePlan() throws {
        let plan = try Fixtures.sentimentPlan()
        let page = try page(plan)
        let entries = try #require((block("page", of: page)["plans"] as? [[String: Any]])?.first?["entries"] as? [[String: Any]])
        let programs = try Program.parseAll(String(contentsOfFile: "\(plan)/program.dg", encoding: .utf8), file: "program")
        let graphs = try GraphParser.parseAll(String(contentsOfFile: "\(plan)/graph.dg", encoding: .utf8), file: "graph")
        let kernels = try KernelGraph.parseAll(String(contentsOfFile: "\(plan)/kernels.dg", encoding: .utf8), file: "kernels")
        #expect(entries.map { $0["name"] as? String } == programs.map(\.name))
        for (number, program) in programs.enumerated() {
            let data = try block("entry-0-\(number)", of: page)
            #expect(try column("values", "name", of: data) as? [String] == graphs[number].values.map(\.name))
            #expect(try column("values", "operands", of: data).count == graphs[number].values.count)
            #expect(try column("kernels", "name", of: data) as? [String] == kernels[number].kernels.map(\.name))
            #expect(try column("steps", "label", of: data) as? [String] == program.steps.map(\.label))
            #expect((data["decisions"] as? [Any])?.count == kernels[number].decisions.count)
            // Every kernel is called by a step, and most values are computed in some kernel.
            let called = try column("steps", "kernel", of: data).compactMap { $0 as? Int }
            #expect(Set(called) == Set(kernels[number].kernels.indices))
            let computed = Set(try column("kernels", "computes", of: data).flatMap { $0 as? [Int] ?? [] })
            #expect(computed.count * 10 > graphs[number].nodes.count * 8)
        }
    }

    @Test func oneEntryIsChosen() throws {
        let page = try page(Fixtures.sentimentPlan(), "--entry", "loss")
        #expect(try block("entry-0-0", of: page)["values"] != nil)
        #expect(!page.contains("id=\"entry-0-1\""))
    }

    @Test func measuredTimesAreShown() throws {
        let (plan, profile) = (try Fixtures.sentimentPlan(), folder.path("p.json"))
        try run(
            .dgrun, "train", plan, "--data", Fixtures.sentimentData(), "--out", folder.path("run"), "--epochs", "1", "--profile",
            profile, "--profile-steps", "1"
        ).succeeded()
        let data = try block("entry-0-0", of: page(plan, "--profile", profile, "--entry", "train"))
        let steps = try column("steps", "label", of: data).count
        for name in ["measured", "longest", "predicted"] {
            let seconds = try #require(column("steps", name, of: data) as? [Double])
            #expect(seconds.count == steps && seconds.allSatisfy { $0 >= 0 } && seconds.contains { $0 > 0 }, "\(name)")
        }
        let output = folder.path("other.html")
        try run(.dgc, "view", Fixtures.graphPlan(), "--profile", profile, "-o", output)
            .isRefused("view.other-plan", "p.json", "affine")
        let text = try String(contentsOfFile: profile, encoding: .utf8)
        _ = try folder.write(text.replacing(/"kernel": "[a-z]+_/, with: "\"kernel\": \"other_"), as: "p.json")
        try run(.dgc, "view", plan, "--profile", profile, "-o", output).isRefused("view.other-plan", "p.json", "other_")
        _ = try folder.write("{}", as: "p.json")
        try run(.dgc, "view", plan, "--profile", profile, "-o", output).isRefused("view.profile", "p.json", "dgrun --profile")
        #expect(!FileManager.default.fileExists(atPath: output))
    }

    // MARK: Names that mean harm

    private static let harm =
        "</script><script>document.documentElement.dataset.state='harmed'</script><img src=x onerror=alert(1)>"

    /// The plan of a graph whose names are HTML.
    private func harmfulPlan() throws -> String {
        let text = Fixtures.graphText.replacing("%y", with: "%\"\(Self.harm)/{{script}}\"")
            .replacing("@affine", with: "@\"\(Self.harm)\"").replacing("output rows", with: "output \"\(Self.harm)\"")
        let plan = folder.path("a<b>&.plan")
        try run(.dgc, "compile", folder.write(text, as: "a.dg"), "-o", plan, environment: Fixtures.quickCompiler()).succeeded()
        return plan
    }

    @Test func namesStayText() throws {
        var page = try page(harmfulPlan())
        // The page's own: its data, those of the entry, and the program.
        #expect(page.matches(of: /(?i)<script/).count == 3 && page.matches(of: /(?i)<\/script/).count == 3)
        #expect(!page.contains("<img") && page.contains("<title>a&lt;b&gt;&amp;.plan</title>"))
        let names = try column("values", "name", of: block("entry-0-0", of: page))
        #expect(names.contains { $0 as? String == "\(Self.harm)/{{script}}" })
        page = page.replacing(/<script type="application\/json".*?<\/script>/, with: "")
        for mark in ["http://", "https://", "@import", "url("] {
            #expect(!page.replacing("http://www.w3.org/2000/svg", with: "").contains(mark), "the page loads something: \(mark)")
        }
    }

    /// Texts are shown with the stages that follow from them.
    @Test func textsOfAllLevelsAreShown() throws {
        let graph = try folder.write(Fixtures.graphText, as: "a.dg")
        let kernels = try folder.write(run(.dgc, "opt", graph, "--pipeline", "optimize,kernels").succeeded().output, as: "k.dg")
        let program = try folder.write(run(.dgc, "opt", kernels, "--pipeline", "program").succeeded().output, as: "p.dg")
        let titles = try [graph, kernels, program].map { try page($0) }
            .map { page in ["from the text of a graph", "from the text of kernels", "from the text of a program"].filter(page.contains) }
        #expect(titles == [["from the text of a graph"], ["from the text of kernels"], ["from the text of a program"]])
        #expect(try run(.dgc, "view", graph, "--dot", "graph", "--depth", "0").succeeded().output.contains("multiply"))
        #expect(try run(.dgc, "view", kernels, "--dot", "kernels", "--depth", "0").succeeded().output.contains("rows"))
        #expect(try page(graph, program).contains("a.dg and p.dg"))
        try run(.dgc, "view", graph, "-o", folder.path("page.html"), "--entry", "train").isRefused("arguments.option", "--entry train")
        if Browser.path != nil {
            _ = try page(program)
            #expect(try Browser.document(folder.path("page.html"), in: folder).contains("data-state=\"ready\""))
        }
    }

    // MARK: In a browser

    @Test(.enabled(if: Browser.path != nil, "no chromium is on the path"))
    func scriptsRun() throws {
        let plan = try Fixtures.sentimentPlan()
        _ = try page(plan)
        let document = try Browser.document(folder.path("page.html"), in: folder)
        #expect(document.contains("data-state=\"ready\""), "\(document.prefix(500))")
        #expect(document.contains("role=\"treeitem\"") && document.contains("class=\"slice"))
        // The address selects, which marks the counterparts in the other panes.
        let text = try run(.dgc, "dump", plan, "--stage", "program", "--entry", "infer").succeeded().output
        let program = try #require(Program.parseAll(text, file: "infer").first)
        let label = try #require(program.steps.last?.label)
        let selected = try Browser.document(folder.path("page.html"), at: "#\(program.name)/step/\(label)", in: folder)
        #expect(selected.contains("data-state=\"ready\"") && selected.contains("row selected") && selected.contains("row linked"))
    }

    @Test(.enabled(if: Browser.path != nil, "no chromium is on the path"))
    func harmlessInTheBrowser() throws {
        let plan = try harmfulPlan()
        _ = try page(plan)
        let document = try Browser.document(folder.path("page.html"), in: folder)
        #expect(document.contains("data-state=\"ready\"") && !document.contains("<img"), "\(document.prefix(500))")
        _ = try page(plan, plan)
        let comparison = try Browser.document(folder.path("page.html"), in: folder)
        #expect(comparison.contains("data-state=\"ready\"") && !comparison.contains("<img"), "\(comparison.prefix(500))")
    }

    @Test(.enabled(if: Browser.path != nil, "no chromium is on the path"))
    func comparisonAddsUp() throws {
        _ = try page(Fixtures.sentimentPlan(), Fixtures.emotionPlan())
        let document = try Browser.document(folder.path("page.html"), in: folder)
        #expect(document.contains("data-state=\"ready\""), "\(document.prefix(500))")
        #expect(document.matches(of: /class="peakline"/).count == 2)
        let all = try #require(document.firstMatch(of: /<td>all<\/td><td>([^<]+)<\/td><td>([^<]+)<\/td>/))
        // The sums of the table are the peaks of the drawings.
        for peak in [all.1, all.2] { #expect(document.contains("peak <b>\(peak)</b>"), "\(peak)") }
    }

    // MARK: DOT

    @Test(arguments: ["graph", "kernels"], [0, 1, 3]) func graphsAreDrawn(_ stage: String, _ depth: Int) throws {
        let arguments = ["view", try Fixtures.sentimentPlan(), "--dot", stage, "--depth", "\(depth)", "--entry", "train"]
        let lines = try run(.dgc, arguments).succeeded().output.split(separator: "\n")
        #expect(lines.first == "digraph \"train.8\" {" && lines.last == "}")
        let nodes = Set(lines.compactMap { $0.firstMatch(of: /^  (n[0-9]+) \[label="(?:[^"\\]|\\.)*"\];$/)?.1 })
        let edges = lines.compactMap { $0.firstMatch(of: /^  (n[0-9]+) -> (n[0-9]+) \[label="[0-9]+ B"\];$/) }
        #expect(nodes.count + edges.count + 4 == lines.count, "every line is a node or an edge")
        #expect(edges.allSatisfy { nodes.contains($0.1) && nodes.contains($0.2) && $0.1 != $0.2 })
        #expect(!edges.isEmpty && (depth == 0 ? nodes.count > 300 : nodes.count > 10))
    }

    @Test func dotNamesAreQuoted() throws {
        let text = try run(.dgc, "view", harmfulPlan(), "--dot", "graph", "--depth", "0").succeeded().output
        #expect(text.contains("\\nmultiply f32[4,3]\"];") && text.contains("digraph \"\(Self.harm)\" {"))
    }

    // MARK: Refusals

    @Test func pointlessQuestionsAreRefused() throws {
        let plan = try Fixtures.graphPlan()
        let output = folder.path("page.html")
        try run(.dgc, "view", plan).isRefused("view.output", "-o")
        try run(.dgc, "view", plan, plan, plan, "-o", output).isRefused("view.plans", "3")
        try run(.dgc, "view", plan, plan, "--dot", "graph").isRefused("arguments.option", "--dot")
        try run(.dgc, "view", plan, plan, "--profile", "p.json", "-o", output).isRefused("arguments.option", "--profile")
        try run(.dgc, "view", plan, "--depth", "1", "-o", output).isRefused("arguments.option", "--depth")
        try run(.dgc, "view", plan, "--dot", "graph", "--depth", "-1").isRefused("arguments.range", "--depth")
        try run(.dgc, "view", plan, "--entry", "train", "-o", output).isRefused("arguments.option", "--entry train")
        try run(.dgc, "view", folder.path("missing.plan"), "-o", output).isRefused("plan.missing", "missing.plan")
        try run(.dgc, "view", Fixtures.sentimentPlan(), "--entry", "train.999", "-o", output)
            .isRefused("arguments.entry", "train.999")
        try run(.dgc, "view", plan, "-o", folder.path("none/page.html")).isRefused("file.unwritable", "none/page.html")
        #expect(try folder.names == [])
    }
}
