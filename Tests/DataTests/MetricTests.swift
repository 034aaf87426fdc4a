import Data
import Foundation
import Graph
import Testing

@Suite struct MetricTests {
    /// Predictions and labels with the metrics that a reference implementation gave for them.
    private struct Case: Decodable {
        enum Predictions: Decodable {
            case flat([Float])
            case rows([[Float]])

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let flat = try? container.decode([Float].self) {
                    self = .flat(flat)
                } else {
                    self = .rows(try container.decode([[Float]].self))
                }
            }

            var values: [Float] {
                switch self {
                case .flat(let values): values
                case .rows(let rows): rows.flatMap(\.self)
                }
            }
        }

        var dataset: String
        var predictions: Predictions
        var labels: [Float]
        var metrics: [String: Double]
    }

    @Test func referenceCases() throws {
        let bytes = try Fixture.bytes("metrics.json")
        let cases = try JSONDecoder().decode([Case].self, from: Foundation.Data(bytes))
        #expect(cases.count == 8)
        for reference in cases {
            let family = try #require(MetricFamily(datasetName: reference.dataset))
            let table = try family.evaluate(predictions: reference.predictions.values, labels: reference.labels)
            #expect(table.entries.map(\.name) == family.metricNames)
            #expect(Set(family.metricNames) == Set(reference.metrics.keys))
            for (name, value) in reference.metrics {
                #expect(table[name] == value, "\(reference.dataset) \(name)")
            }
        }
    }

    @Test func familyNames() {
        #expect(MetricFamily(datasetName: "MOSEI") == .mosi)
        #expect(MetricFamily(datasetName: "mosi") == .mosi)
        #expect(MetricFamily(datasetName: "Sims") == .sims)
        #expect(MetricFamily(datasetName: "IEMOCAP") == .iemocap)
        #expect(MetricFamily(datasetName: "mosi2") == nil)
    }

    @Test func halvesRoundToEven() throws {
        // 0.5 → 0, 1.5 → 2, 2.5 → 2, −0.5 → 0, and 9 is clipped to 3.
        let table = try MetricFamily.mosi.evaluate(predictions: [0.5, 1.5, 2.5, -0.5, 9], labels: [0, 2, 2, 0, 3])
        #expect(table["Acc_7"] == 1)
    }

    @Test func closedAboveOpenBelow() throws {
        let edges: [Float] = [-0.7, -0.1, 0.1, 0.7]
        let below: [Float] = [-0.8, -0.2, 0.05, 0.6]
        let table = try MetricFamily.sims.evaluate(predictions: edges, labels: below)
        #expect(table["Mult_acc_5"] == 1)
        #expect(table["Mult_acc_3"] == 1)
        #expect(try MetricFamily.sims.evaluate(predictions: [0], labels: [-1])["Mult_acc_2"] == 1)
        // Both are clipped to the same value.
        #expect(try MetricFamily.sims.evaluate(predictions: [5], labels: [1])["MAE"] == 0)
    }

    @Test func undefined() throws {
        let table = try MetricFamily.mosi.evaluate(predictions: [1, 1], labels: [0, 0])
        #expect(table["Corr"] == 0)
        #expect(table["Acc_2"] == 0)
        #expect(table["F1_score"] == 0)
        let broken = try MetricFamily.mosi.evaluate(predictions: [.nan, .infinity], labels: [1, 2])
        #expect(broken.json == "{\"Acc_2\": 0.5, \"F1_score\": 0.6667, \"MAE\": null, \"Corr\": 0.0, \"Acc_7\": 0.0}")
        _ = try MetricFamily.iemocap.evaluate(predictions: [.nan, 1], labels: [0])
        _ = try MetricFamily.sims.evaluate(predictions: [.nan], labels: [0])
    }

    @Test func table() throws {
        let table = MetricTable([
            MetricTable.Entry(name: "MAE", exact: 0.123456), MetricTable.Entry(name: "Acc", exact: 0.5),
        ])
        #expect(table["MAE"] == 0.1235)
        #expect(table.exact("MAE") == 0.123456)
        #expect(table["other"] == nil)
        #expect(table.json == "{\"MAE\": 0.1235, \"Acc\": 0.5}")
        let decoded = try JSONDecoder().decode([String: Double].self, from: JSONEncoder().encode(table))
        #expect(decoded == ["MAE": 0.1235, "Acc": 0.5])
    }

    @Test func refusals() {
        func found(_ family: MetricFamily, _ predictions: [Float], _ labels: [Float]) -> String? {
            diagnostic { () throws(Diagnostic) in
                try family.evaluate(predictions: predictions, labels: labels)
            }?.id
        }
        #expect(found(.mosi, [], []) == "metrics.empty")
        #expect(found(.mosi, [1], [1, 2]) == "metrics.sizes")
        #expect(found(.sims, [1, 2], [1]) == "metrics.sizes")
        #expect(found(.iemocap, [1, 2, 3], [0, 1]) == "metrics.sizes")
        #expect(found(.iemocap, [], [0]) == "metrics.sizes")
        #expect(found(.iemocap, [1, 2], [2]) == "metrics.label")
        #expect(found(.iemocap, [1, 2], [0.5]) == "metrics.label")
        #expect(found(.iemocap, [1, 2], [.nan]) == "metrics.label")
        #expect(found(.iemocap, [1, 2], [-1]) == "metrics.label")
    }

    @Test func correlation() {
        #expect(abs(Correlation.pearson([1, 2, 3], [2, 4, 6]) - 1) < 1e-12)
        #expect(abs(Correlation.pearson([1, 2, 3], [3, 2, 1]) + 1) < 1e-12)
        #expect(Correlation.pearson([1, 2], [1]) == 0)
        #expect(Correlation.pearson([0.1, 0.1, 0.1], [1, 2, 3]) == 0)
    }
}
