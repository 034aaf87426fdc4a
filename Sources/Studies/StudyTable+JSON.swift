import Foundation
import Runtime

extension StudyTable {
    /// For programs; the same for the same results, whenever and however often the study was interrupted.
    public var json: String {
        let rows = rows.map { "\n  \(json($0))" }.joined(separator: ",")
        let head: [(String, String)] = [
            ("format", "1"), ("kind", JSONLine.string(description.kind.rawValue)),
            ("specification", JSONLine.string(description.source)),
            ("data", JSONLine.string(description.data.path)), ("split", JSONLine.string("test")),
            ("seeds", JSONLine.array(description.seeds.map(String.init))),
            ("epochs", description.epochs.map(String.init) ?? "null"), ("select", JSONLine.string(description.selection)),
            (
                "metrics",
                JSONLine.array(
                    description.metrics.map {
                        JSONLine.object([("name", JSONLine.string($0.name)), ("goal", JSONLine.string($0.goal.rawValue))])
                    })
            ),
            (
                "axes",
                JSONLine.array(
                    description.axes.map {
                        let values = JSONLine.array($0.values.map(JSONLine.string))
                        return JSONLine.object([("key", JSONLine.string($0.key)), ("values", values)])
                    })
            ),
        ]
        return "{\n" + head.map { " \(JSONLine.string($0.0)): \($0.1),\n" }.joined() + " \"rows\": [\(rows)\n ]\n}\n"
    }

    private func json(_ row: Row) -> String {
        func numbers(_ values: [Double?]) -> String {
            JSONLine.object(zip(description.metrics, values).map { ($0.name, JSONLine.number($1 ?? .nan)) })
        }
        return JSONLine.object([
            ("name", JSONLine.string(row.variant.name)), ("title", JSONLine.string(row.variant.title)),
            ("set", JSONLine.array(row.variant.overrides.map(JSONLine.string))),
            ("settings", JSONLine.array(row.variant.settings.map(JSONLine.string))),
            ("status", JSONLine.string(row.status.rawValue)), ("diagnostic", row.failure.map(JSONLine.string) ?? "null"),
            ("mean", numbers(row.means)), ("std", numbers(row.deviations)),
            ("runs", JSONLine.array(zip(description.seeds, row.runs).map { json($1, row.variant, seed: $0) })),
        ])
    }

    private func json(_ run: StudyRun, _ variant: StudyVariant, seed: Int) -> String {
        let place = [("seed", "\(seed)"), ("folder", JSONLine.string(StudyFolder.run(variant, seed: seed)))]
        switch run {
        case .open: return JSONLine.object(place + [("status", JSONLine.string(Status.open.rawValue))])
        case .failed(let message):
            return JSONLine.object(
                place + [("status", JSONLine.string(Status.failed.rawValue)), ("diagnostic", JSONLine.string(message))])
        case .done(let result):
            return JSONLine.object(
                place + [
                    ("status", JSONLine.string(Status.done.rawValue)), ("epochs", "\(result.epochs)"),
                    ("best_epoch", "\(result.bestEpoch)"), ("tested_epoch", "\(result.testedEpoch)"),
                    ("test_loss", JSONLine.number(result.loss)),
                    ("test", JSONLine.object(result.metrics.map { ($0.name, JSONLine.number($0.value)) })),
                ])
        }
    }
}
