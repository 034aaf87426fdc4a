import Data
import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// `dgrun report`: pages that show what runs found, and harm nobody who opens them.
@Suite struct ReportTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func train(_ name: String, _ options: String...) throws -> String {
        try FileManager.default.createDirectory(
            atPath: (folder.path(name) as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        let path = folder.path(name)
        try run(.dgrun, TrainingRun.emotionArguments(path) + ["--epochs", "2"] + options).succeeded()
        return path
    }

    /// The C compiler without optimizations, which are most of a report's time.
    private func report(_ runs: [String], _ options: String...) throws -> Outcome {
        try run(
            .dgrun, ["report"] + runs + ["-o", folder.path("page.html")] + options, environment: Fixtures.quickCompiler())
    }

    private func page(_ runs: String...) throws -> String {
        try report(runs).succeeded()
        return try String(contentsOfFile: folder.path("page.html"), encoding: .utf8)
    }

    /// The drawings of a section; each is read by a parser of XML.
    private func drawings(_ title: String, of page: String) throws -> [String] {
        let start = try #require(page.range(of: "<h2>\(title)"))
        let end = try #require(page.range(of: "</section>", range: start.upperBound..<page.endIndex))
        let drawings = page[start.upperBound..<end.lowerBound].matches(of: /<figure[^>]*>(.*?)<\/figure>/).map { String($0.1) }
        for drawing in drawings { #expect(XMLParser(data: Foundation.Data(drawing.utf8)).parse(), "\(drawing.prefix(200))") }
        return drawings
    }

    /// What the cells of the confusion matrix say, by row.
    private func cells(_ page: String) throws -> [String] {
        let matrix = try #require(try drawings("Confusion matrix", of: page).first)
        return matrix.matches(of: /<title>actual ([^<]*), predicted ([0-9]): ([^<]*)<\/title>/).map { "\($0.1)/\($0.2): \($0.3)" }
    }

    // MARK: Numbers

    /// The model is compiled again for the page, and comes to the predictions of the plan.
    @Test func confusionIsThatOfThePredictions() throws {
        let path = try train("run")
        let page = try page(path)
        let weights = "\(path)/best.safetensors"
        let table = try run(.dgrun, "predict", Fixtures.emotionPlan(), "--data", Fixtures.emotionData(), "--weights", weights)
            .succeeded().output.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
        var expected: [String] = []
        for actual in 0..<6 {
            let own = table.filter { Double($0.last ?? "") == Double(actual) }
            for predicted in 0..<6 {
                let share = Double(own.count { $0[1] == "\(predicted)" }) / Double(own.count)
                expected.append("\(actual)  (\(own.count))/\(predicted): \(String(format: "%.2f", share))")
            }
        }
        #expect(try cells(page) == expected)
        let bars = try #require(try drawings("Accuracy per class", of: page).first)
        #expect(bars.matches(of: #/<title>run, [0-9]: /#).count == 6)
    }

    @Test func allFiguresOfSeedsAreThere() throws {
        let page = try page(train("run", "--seeds", "3,4", "--log-steps"))
        let result = try JSONText(String(contentsOfFile: folder.path("run/summary.json"), encoding: .utf8))
        let mean = try #require(try result.table("mean")["WAcc"])
        #expect(page.contains("<td>\(String(format: "%.4f", mean)) ±\u{a0}") && page.contains("<td>3, 4</td>"))
        // Train, valid, four metrics and the learning rate.
        let curves = try drawings("Learning curves", of: page)
        #expect(curves.count == 7 && curves.allSatisfy { $0.matches(of: /<polyline/).count == 2 })
        #expect(try drawings("Components of the train loss", of: page).count == 5)
        #expect(try drawings("Train loss of each step", of: page).count == 1)
        #expect(try drawings("Modality gap of run, seed 3", of: page).count == 3)
        #expect(try drawings("Transport plan", of: page).count == 3)
        #expect(!page.contains("Results over settings"))
        // Each sample is counted once, whatever the number of seeds.
        let labels = try #require(TensorFile(npz: Fixtures.emotionData()).values("test_labels"))
        let counts = (0..<6).map { label in labels.count { Int($0) == label } }
        let matrix = try #require(try drawings("Confusion matrix", of: page).first)
        let shown = matrix.matches(of: /<text[^>]*>[0-9]  \(([0-9]+)\)<\/text>/).compactMap { Int($0.1) }
        #expect(shown == counts)
        #expect(page.contains("<h2>What was trained</h2>") && page.contains("<td>num_prototypes</td><td>3</td>"))
        #expect(page.contains("<td>dgrun train ") && page.contains("<td>3, 4</td>"))
    }

    @Test func runsThatDifferInTwoSettingsMakeAHeatmap() throws {
        var runs: [String] = []
        for alpha in ["0.05", "0.5"] {
            let plan = folder.path("\(alpha).plan")
            try run(
                .dgc, "compile", Fixtures.golden("iemocap_small.json"), "--data", Fixtures.emotionData(), "--set",
                "alpha=\(alpha)", "--set", "beta=0.\(alpha.count)", "-o", plan, environment: Fixtures.quickCompiler()
            ).succeeded()
            runs.append(folder.path("a=\(alpha)"))
            try run(.dgrun, "train", plan, "--data", Fixtures.emotionData(), "--out", runs.last ?? "", "--epochs", "1").succeeded()
        }
        let page = try page(runs[0], runs[1])
        let maps = try drawings("Results over settings", of: page)
        #expect(maps.count == 5 && page.contains("Test results over alpha and beta"))
        for (run, place) in zip(runs, ["beta 0.4, alpha 0.05", "beta 0.3, alpha 0.5"]) {
            let result = try JSONText(String(contentsOfFile: "\(run)/result.json", encoding: .utf8)).table("test")
            #expect(maps[1].contains("<title>\(place): \(String(format: "%.4f", try #require(result["WAcc"])))</title>"))
        }
        #expect(maps[1].contains(": –</title>") && maps[1].contains(">better</text>"))
        #expect(page.contains("<td>a=0.05</td>") && page.contains("<td>a=0.5</td>"))
    }

    /// Two variants of an ablation, one of which did not come to its end.
    @Test func studiesShowTheirFinishedRuns() throws {
        let path = try train("study/w-o-ct/seed-3")
        func table(_ folder: String, _ status: String) -> String {
            "{\"rows\": [{\"title\": \"w/o CT\", \"runs\": [{\"folder\": \"\(folder)\", \"status\": \"\(status)\"}, "
                + "{\"folder\": \"w-o-ct/seed-4\", \"status\": \"failed\"}]}]}"
        }
        let study = folder.path("study")
        _ = try folder.write(table("w-o-ct/seed-3", "done"), as: "study/table.json")
        let page = try page(study)
        #expect(page.contains("<td>w/o CT</td>") && page.contains(". Without 1 run of study, open or failed."))
        #expect(path.hasPrefix(study))
        _ = try folder.write(table("w-o-ct/seed-3", "open"), as: "study/table.json")
        try report([study]).isRefused("report.study", "table.json", "done")
        for text in [table("../run", "done"), table("/run", "done"), "{\"rows\": 1}", ""] {
            _ = try folder.write(text, as: "study/table.json")
            try report([study]).isRefused("report.study", "table.json", "dgrun ablate")
        }
        _ = try folder.write(table("w-o-ct", "done"), as: "study/table.json")
        try report([study]).isRefused("report.run", "study/w-o-ct")
    }

    // MARK: Names that mean harm

    private static let harm =
        "<script>document.documentElement.dataset.state='harmed'<\u{2215}script><img src=x onerror=alert(1)>{{facts}}"

    @Test func namesStayText() throws {
        let page = try page(train(Self.harm))
        #expect(!page.contains("<script") && !page.contains("<img"))
        #expect(page.contains("<h1>Run &lt;script&gt;") && page.contains("alert(1)&gt;{{facts}}</h1>"))
        for mark in ["http://", "https://", "@import", "url(", "src="] {
            let rest = page.replacing("http://www.w3.org/2000/svg", with: "").replacing("src=x", with: "")
            #expect(!rest.contains(mark), "the page loads something: \(mark)")
        }
    }

    @Test(.enabled(if: Browser.path != nil, "no chromium is on the path"))
    func browserSeesAllFigures() throws {
        let page = try page(train(Self.harm))
        let document = try Browser.document(folder.path("page.html"), in: folder)
        #expect(!document.contains("harmed'<") && !document.contains("<img") && !document.contains("data-state"))
        for mark in ["<figure", "<rect ", "<polyline ", "<polygon ", "<section>", "<tr>"] {
            #expect(document.components(separatedBy: mark).count == page.components(separatedBy: mark).count, "\(mark)")
        }
        let file = folder.path("page.pdf")
        try Browser.print(folder.path("page.html"), to: file, in: folder)
        let pages = String(decoding: try contents(file), as: UTF8.self).matches(of: /\/Type \/Page\b/).count
        #expect((2...12).contains(pages), "\(pages) pages")
    }

    // MARK: Refusals

    @Test func otherFoldersAreRefused() throws {
        try report([folder.path("none")]).isRefused("report.run", "none", "run.json")
        try report([Fixtures.emotionPlan()]).isRefused("report.run", "emotion.plan")
        try run(.dgrun, "report", folder.path("none"), "-o", folder.path("none/page.html"))
            .isRefused("file.unwritable", "none/page.html")
        try run(.dgrun, "report", "-o", "page.html").showsUsage("RUN")
    }

    @Test func damagedRunsAreRefused() throws {
        let path = try train("run")
        func damage(_ file: String, _ change: (String) -> String) throws -> Outcome {
            let original = try contents("\(path)/\(file)")
            defer { try? original.write(to: URL(fileURLWithPath: "\(path)/\(file)")) }
            _ = try folder.write(change(String(decoding: original, as: UTF8.self)), as: "run/\(file)")
            return try report([path])
        }
        let lines = try String(contentsOfFile: "\(path)/metrics.jsonl", encoding: .utf8)
        try damage("metrics.jsonl") { String($0.dropLast(20)) }.isRefused("report.metrics", "metrics.jsonl", "found 1")
        try damage("metrics.jsonl") { $0 + "{\n" }.isRefused("report.metrics", "line 3")
        try damage("metrics.jsonl") { _ in lines + lines }.isRefused("report.metrics", "found 4")
        try damage("metrics.jsonl") { $0.replacing("\"epoch\": 2", with: "\"epoch\": 9223372036854775807") }
            .isRefused("report.metrics", "metrics.jsonl")
        try damage("result.json") { $0.replacing(/"tested_epoch": [0-9]+/, with: "\"tested_epoch\": -9223372036854775808") }
            .isRefused("report.metrics", "metrics.jsonl")
        try damage("result.json") { _ in "[]" }.isRefused("train.result", "result.json")
        try damage("run.json") { String($0.dropLast(30)) }.isRefused("train.description", "run.json")
        try damage("spec.json") { $0.replacing("\"num_prototypes\": 3", with: "\"num_prototypes\": -3") }
            .isRefused("spec.range", "num_prototypes", hasPlace: true)
        try damage("spec.json") { $0.replacing("\"nlevels\": ", with: "\"nlevels\": 1") }.isRefused("weights.missing", "best")
        try damage("run.json") { $0.replacing(/"checksum" : "[^"]+"/, with: "\"checksum\" : \"0\"") }
            .isRefused("report.data", "emotion.npz")
        try FileManager.default.removeItem(atPath: "\(path)/best.safetensors")
        try report([path]).isRefused("file.unreadable", "best.safetensors")
        try FileManager.default.removeItem(atPath: "\(path)/result.json")
        try report([path]).isRefused("report.unfinished", "result.json", "--resume")
    }

    /// Numbers of other metrics, or of other samples, would compare nothing.
    @Test func runsOfOtherDataAreRefused() throws {
        let emotions = try train("one")
        let sentiment = folder.path("two")
        try run(
            .dgrun, "train", Fixtures.sentimentPlan(), "--data", Fixtures.sentimentData(), "--out", sentiment, "--epochs", "1"
        ).succeeded()
        try report([emotions, sentiment]).isRefused("report.mixed", "two", "WAcc", "MAE")
        let file = folder.path("other.npz")
        var data = try TensorFile(npz: Fixtures.emotionData())
        let labels = try #require(data.values("test_labels")).map { $0 == 5 ? Float(4) : Float($0) }
        data.set("test_labels", [labels.count], floats: labels)
        _ = try data.write(npz: file)
        let other = folder.path("three")
        try run(.dgrun, "train", Fixtures.emotionPlan(), "--data", file, "--out", other, "--epochs", "1").succeeded()
        try report([emotions, other]).isRefused("report.mixed", "three", "18 samples with other labels")
        #expect(!FileManager.default.fileExists(atPath: folder.path("page.html")))
    }

    @Test func movedDataAreNamed() throws {
        let path = try train("run")
        let moved = try folder.copy(Fixtures.emotionData(), as: "moved.npz")
        let text = try String(contentsOfFile: "\(path)/run.json", encoding: .utf8)
        _ = try folder.write(text.replacing(try Fixtures.emotionData(), with: "/gone.npz"), as: "run/run.json")
        try report([path]).isRefused("file.unreadable", "/gone.npz")
        try report([path], "--data", moved).succeeded()
        try report([path], "--data", Fixtures.sentimentData()).isRefused("report.data", "sentiment.npz")
    }
}
