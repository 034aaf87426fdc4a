import Graph
import Models
import Studies
import Testing

@Suite struct StudyGridTests {
    private func spec(_ overrides: [String] = []) throws -> ModelSpec { try ModelSpec.preset(named: "mosi", overrides: overrides) }

    @Test func keysAndValues() throws {
        let grid = try StudyGrid(["alpha=0.01,0.05,beta=0.1", "ablate=[\"ct\",\"mmd\"],[],task_loss=mae,mse"])
        #expect(grid.axes.map(\.key) == ["alpha", "beta", "ablate", "task_loss"])
        #expect(grid.axes.map(\.values) == [["0.01", "0.05"], ["0.1"], ["[\"ct\",\"mmd\"]", "[]"], ["mae", "mse"]])
    }

    @Test func everyCombinationOnce() throws {
        let variants = try StudyGrid(["alpha=0,0.5,1,beta=0.1,0.2"]).variants(of: spec())
        #expect(variants.map(\.overrides).first == ["alpha=0", "beta=0.1"])
        #expect(variants.map(\.settings) == [["0", "0.1"], ["0", "0.2"], ["0.5", "0.1"], ["0.5", "0.2"], ["1", "0.1"], ["1", "0.2"]])
        #expect(Set(variants.map(\.name)).count == 6)
        #expect(variants[3].name == "4-alpha=0.5,beta=0.2" && variants[3].title == "alpha=0.5, beta=0.2")
    }

    /// Folders have names that every file system takes, and that no value can lead out of.
    @Test func folderNames() throws {
        let variants = try StudyGrid(["dst_feature_dim_nheads=[64, 8],[32,4]"]).variants(of: spec())
        #expect(variants.map(\.name) == ["1-dst_feature_dim_nheads=-64,-8-", "2-dst_feature_dim_nheads=-32,4-"])
        #expect(variants[0].overrides == ["dst_feature_dim_nheads=[64, 8]"])
    }

    @Test(arguments: [
        ("0.1,alpha=2", "no key"), ("alpha=", "empty"), ("alpha=1,,2", "empty"), ("alpha=1,", "empty"), ("alpha=1,1", "twice"),
        ("alpha=1,alpha=2", "twice"), ("", "no key"), ("=1", "no key"),
    ])
    func wrongGrids(_ text: String, _ mention: String) {
        let failure = #expect(throws: Diagnostic.self) { try StudyGrid([text]) }
        #expect(failure?.id == "sweep.grid" && failure?.description.contains(mention) == true, "\(failure?.description ?? "")")
    }

    @Test func hugeGrids() {
        let values = (1...50).map(String.init).joined(separator: ",")
        let axes = ["alpha", "beta", "clip", "factor", "seed"].map { "\($0)=\(values)" }
        #expect(#expect(throws: Diagnostic.self) { try StudyGrid(axes) }?.id == "sweep.size")
    }

    /// Nothing is trained before every combination is known to be a specification.
    @Test(arguments: [
        ("alpa=1", "spec.unknown-key", "alpha"), ("alpha=0.1,-1", "spec.range", "--grid alpha"),
        ("nlevels=2,many", "spec.type", "--grid nlevels"),
    ])
    func wrongValues(_ text: String, _ id: String, _ mention: String) throws {
        let (grid, spec) = (try StudyGrid([text]), try spec())
        let failure = #expect(throws: Diagnostic.self) { try grid.variants(of: spec) }
        #expect(failure?.id == id && failure?.description.contains(mention) == true, "\(failure?.description ?? "")")
    }
}
