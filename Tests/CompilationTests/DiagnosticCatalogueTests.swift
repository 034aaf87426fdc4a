import CommandLineSupport
import Compilation
import Graph
import Testing

/// Every id that the code can throw has a page, and every page an id.
@Suite struct DiagnosticCatalogueTests {
    private static let catalogue = DiagnosticCatalogue(.compilation + .commands)

    /// Read once for all tests.
    private static let thrown = Result { try ThrownDiagnostics(areas: Set(catalogue.areas.map(\.name))) }

    @Test func everyIdHasAPage() throws {
        let ids = Set(Self.catalogue.pages.map(\.id))
        for (id, place) in try Self.thrown.get().places.sorted(by: { $0.key < $1.key }) where !ids.contains(id) {
            let area = id.prefix { $0 != "." }
            Issue.record("""
                \(place) throws \(id), which has no page; add this line to the area "\(area)" in Sources/*/*Diagnostics.swift, \
                and run the tests with DG_RECORD=all:
                DiagnosticPage("\(id)", "What is wrong, in a sentence.", when: "When that happens.", fix: "What to do."),
                """)
        }
    }

    @Test func everyIdCanBeFound() throws {
        let unreadable = try Self.thrown.get().unreadable
        #expect(unreadable == [], "ids are written in full where they are thrown, so that a search finds them")
    }

    @Test func everyPageHasAnId() throws {
        let rules = OpDefinition.all.flatMap(\.rules)
        let thrown = Set(try Self.thrown.get().places.keys).union(rules)
        for page in Self.catalogue.pages { #expect(thrown.contains(page.id), "nothing throws \(page.id)") }
    }

    @Test func everyRuleOfOperationsIsInTheTable() throws {
        let rules = OpDefinition.all.flatMap(\.rules)
        for file in ["TypeRules", "TypeRules+Structured"] {
            let source = try TestFiles.read("Sources/Graph/Ops/\(file).swift")
            for match in source.matches(of: #/, "((?:[a-z]+-)?[a-z]+)",/#) {
                #expect(rules.contains { $0.hasSuffix(".\(match.output.1)") }, "no operation lists \(match.output.1)")
            }
        }
    }

    @Test func pagesAreWhole() {
        let names = Self.catalogue.areas.map(\.name)
        #expect(Set(names).count == names.count)
        let ids = Self.catalogue.pages.map(\.id)
        #expect(Set(ids).count == ids.count)
        for area in Self.catalogue.areas {
            #expect(!area.title.isEmpty && !area.pages.isEmpty, "\(area.name)")
            for page in area.pages {
                #expect(page.area == area.name || area.name == "operations", "\(page.id)")
                for text in [page.meaning, page.cause, page.remedy] {
                    #expect(text.hasSuffix(".") || text.hasSuffix(".)"), "\(page.id): \(text)")
                }
                #expect(!page.meaning.hasPrefix("The rule `"), "\(page.id) needs words of its own")
                if let example = page.example { #expect(example.contains("[\(page.id)]: "), "\(page.id)") }
            }
        }
    }

    @Test(arguments: [
        ("npz.trunctated", ["npz.truncated", "npy.truncated"]), ("dot.contracting-size", ["dot.contracting-sizes"]),
        ("spce", ["spec"]), ("tensor.redefined", ["text.redefined"]), ("xyzzy", []),
    ]) func misspelledTopicsAreSuggested(_ topic: String, _ expected: [String]) {
        #expect(Self.catalogue.suggestions(for: topic).starts(with: expected))
        if expected.isEmpty { #expect(Self.catalogue.suggestions(for: topic) == []) }
    }

    @Test func operationsAreAreas() throws {
        let rules = try #require(Self.catalogue.area("transpose")).pages.map(\.id)
        #expect(rules == ["transpose.operand-count", "transpose.permutation-count", "transpose.axes"])
        #expect(Self.catalogue.area("npz")?.pages.count ?? 0 > 10)
        #expect(Self.catalogue.area("nothing") == nil)
    }

    @Test func referenceIsCurrent() throws {
        try TestFiles.expect("docs/diagnostics.md", toHold: DiagnosticReference.markdown(Self.catalogue))
    }
}
