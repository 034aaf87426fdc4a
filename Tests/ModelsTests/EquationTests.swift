import Graph
import Models
import Testing

/// The paper's forms of the loss terms, written out again from the values that they are made of.
@Suite struct EquationTests {
    /// A golden model in double precision with all of its values.
    struct Values {
        private let graph: Graph
        private let values: [Tensor]

        init(_ name: String, _ overrides: [String]) throws {
            let golden = try GoldenCase(name)
            let spec = try golden.spec.applying(overrides)
            let graph = try DecAlign(spec: spec, sizes: ModelSizes(spec: spec))
                .graph(.init(dropout: false, losses: true, elementType: .f64))
            let given = try golden.inputs(graph)
            let inputs = try graph.inputs.map { input in try #require(given[graph.name(of: input.value)]) }
            values = try Interpreter().allValues(graph, inputs)
            self.graph = graph
        }

        func output(_ name: String) throws -> Double {
            let output = try #require(graph.outputs.first { $0.name == name })
            return values[output.value.index].scalar
        }

        /// The value of a name, as rows of its last axis; scalars are not asked for.
        func rows(_ name: String) throws -> [[Double]] {
            let index = try #require(graph.values.firstIndex { $0.name == name }, "there is no value \(name)")
            let tensor = values[index]
            let width = tensor.type.shape.dimensions.last ?? 1
            return stride(from: 0, to: tensor.elements.count, by: width).map { Array(tensor.elements[$0..<$0 + width]) }
        }

        func samples(_ name: String, count: Int) throws -> [[Double]] {
            let all = try rows(name).flatMap { $0 }
            let size = all.count / count
            return (0..<count).map { Array(all[$0 * size..<($0 + 1) * size]) }
        }
    }

    private let letters = ["l", "a", "v"]
    private let batch = 8

    private func inner(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

    private func squaredDistance(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }

    private func expectClose(_ found: Double, _ expected: Double, _ comment: Comment = "") {
        #expect(expected.isFinite && expected != 0, comment)
        #expect(abs(found - expected) <= 1e-12 * max(1, abs(expected)), comment)
    }

    @Test func decouplingAddsPlainCosines() throws {
        let values = try Values("mosi_small", ["decoupling=paper"])
        var expected = 0.0
        for letter in letters {
            let unique = try values.samples("unique_\(letter)", count: batch)
            let common = try values.samples("common_\(letter)", count: batch)
            for (s, c) in zip(unique, common) {
                expected += inner(s, c) / (inner(s, s) * inner(c, c)).squareRoot() / Double(batch)
            }
        }
        expectClose(try values.output("loss.dec"), expected)
    }

    /// Σ over i ≠ j of the mean over n of Σ_k γ_i[n,k] R(‖x_i[n] − μ_j[k]‖²), beside the same transport.
    @Test(arguments: ["mosi_small", "sumcost_small"]) func localTermIsASum(_ name: String) throws {
        let released = try Values(name, ["local_proto_mahalanobis=false"])
        let paper = try Values(name, ["local_proto_mahalanobis=false", "local_term=paper"])
        var sum = 0.0
        for source in letters {
            let samples = try paper.rows("hete/pooled_\(source)")
            let posterior = try paper.rows("hete/gmm_\(source)/posterior")
            for target in letters where target != source {
                let means = try paper.rows("hete/gmm_\(target)/em.means")
                let divisor = name == "mosi_small" ? Double(means[0].count) : 1
                for (x, weights) in zip(samples, posterior) {
                    for (mean, weight) in zip(means, weights) {
                        sum += weight * squaredDistance(x, mean) / divisor / Double(samples.count)
                    }
                }
            }
        }
        expectClose(try paper.output("loss.hete") - released.output("loss.hete"), sum - sum / 6)
    }

    /// 1/(M(M−1)) Σ over i < j of ‖m_i − m_j‖² + ‖C_i − C_j‖² + ‖g_i − g_j‖², beside the same discrepancy.
    @Test func momentsAreComparedByNorms() throws {
        let released = try Values("mosi_small", [])
        let paper = try Values("mosi_small", ["moments=paper"])
        let moments = try letters.map { letter in try self.moments(paper.rows("homo/pde_\(letter)/latent")) }
        var (norms, means) = (0.0, 0.0)
        for (i, j) in [(0, 1), (0, 2), (1, 2)] {
            for (a, b) in zip(moments[i], moments[j]) {
                norms += squaredDistance(a, b) / 6
                means += squaredDistance(a, b) / Double(a.count) / 3
            }
        }
        expectClose(try paper.output("loss.homo") - released.output("loss.homo"), norms - means)
    }

    /// Mean, covariance and skewness of the columns.
    private func moments(_ rows: [[Double]]) -> [[Double]] {
        let count = Double(rows.count)
        let width = rows[0].count
        let mean = (0..<width).map { column in rows.reduce(0) { $0 + $1[column] } / count }
        let centred = rows.map { row in zip(row, mean).map { $0 - $1 } }
        var covariance: [Double] = []
        for i in 0..<width { for j in 0..<width { covariance.append(centred.reduce(0) { $0 + $1[i] * $1[j] } / (count - 1)) } }
        let skewness = (0..<width).map { column in
            let variance = centred.reduce(0) { $0 + $1[column] * $1[column] } / count
            let third = centred.reduce(0) { $0 + $1[column] * $1[column] * $1[column] } / count
            return third / (variance * variance.squareRoot())
        }
        return [mean, covariance, skewness]
    }

    @Test func formsWithoutAllModalitiesAreFinite() throws {
        let overrides = ["decoupling=paper", "local_term=paper", "moments=paper"]
        for name in ["two_modalities", "masked_small", "fewer_than_k"] {
            let values = try Values(name, overrides)
            for output in ["loss.dec", "loss.hete", "loss.homo", "loss.total"] {
                #expect(try values.output(output).isFinite, "\(name), \(output)")
            }
        }
    }
}
