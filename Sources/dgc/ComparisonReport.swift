import Foundation
import Runtime

/// What `dgc compare` has found, as text and as JSON.
struct ComparisonReport {
    let result: PlanComparisonResult
    /// Where the first value that differs comes from, by plan.
    let origins: [ValueOrigin]

    /// The most values that the table shows.
    private static let shown = 8

    var text: String {
        var text = "\(result.entry): \(result.comparedValues) values that both plans have in memory, "
            + "\(result.values.filter { $0.places[0] != nil }.count) differ; "
            + "\(result.comparedOutputs) outputs, \(result.differingOutputs.count) differ\n"
        text += "  not compared: \(result.skipped[0]) values only in \(result.paths[0]), \(result.skipped[1]) only in "
            + "\(result.paths[1])\n"
        guard let first = result.values.first else {
            return text + "  same within the tolerance; largest relative difference \(Self.number(result.largestRelative))\n"
        }
        text += "first difference: \(first.name)\n" + describe(first)
        text += "worst values, relative to their largest element:\n    relative         ulp     limit  value\n"
        let worst = result.values.sorted { ($0.difference.relative, $1.name) > ($1.difference.relative, $0.name) }
        for value in worst.prefix(Self.shown) {
            let difference = value.difference
            let limit = difference.scale > 0 ? difference.limit / difference.scale : 0
            let cells = [
                Self.cell(Self.number(difference.relative), 12), Self.cell(Self.ulps(difference) ?? "-", 12),
                Self.cell(Self.number(limit), 10),
            ]
            text += cells.joined() + "  \(value.name)\n"
        }
        if worst.count > Self.shown { text += "  … and \(worst.count - Self.shown) more\n" }
        return text
    }

    /// Of the first value that differs.
    private func describe(_ value: PlanComparisonResult.Value) -> String {
        let difference = value.difference
        var text = "  element \(difference.element): \(difference.first) in \(result.paths[0]), \(difference.second) in "
            + "\(result.paths[1])\n"
        let amounts = "\(Self.number(difference.largest)), relative \(Self.number(difference.relative))"
        text += "  differs by \(amounts)" + (Self.ulps(difference).map { ", \($0) ULP" } ?? "") + "; tolerated \(Self.number(difference.limit))\n"
        text += "  \(difference.count) of \(difference.elementCount) elements differ by more than is tolerated\n"
        for (index, place) in value.places.enumerated() {
            guard let place else { continue }
            text += "  in \(result.paths[index]): step \(place.step), epoch \(place.epoch), \(place.kernel), \(place.label)\n"
            for fact in [origins[index].line, origins[index].pass, origins[index].decision] {
                if let fact { text += "    \(fact)\n" }
            }
        }
        if !value.agreeingOperands.isEmpty {
            text += "  operands that agree: \(value.agreeingOperands.joined(separator: ", "))\n"
        }
        if !value.otherOperands.isEmpty {
            text += "  operands not compared, or different: \(value.otherOperands.joined(separator: ", "))\n"
        }
        return text
    }

    var json: String {
        JSONLine.object([
            ("entry", JSONLine.string(result.entry)), ("plans", JSONLine.array(result.paths.map(JSONLine.string))),
            ("same", result.isSame ? "true" : "false"), ("values", "\(result.comparedValues)"),
            ("skipped", JSONLine.array(result.skipped.map(String.init))), ("outputs", "\(result.comparedOutputs)"),
            ("differing_outputs", JSONLine.array(result.differingOutputs.map(JSONLine.string))),
            ("largest_relative", JSONLine.number(result.largestRelative)),
            ("differences", JSONLine.array(result.values.map(json))),
            ("first_origins", JSONLine.array(origins.map(json))),
        ])
    }

    private func json(_ value: PlanComparisonResult.Value) -> String {
        let difference = value.difference
        let places = value.places.map { place in
            guard let place else { return "null" }
            return JSONLine.object([
                ("step", "\(place.step)"), ("epoch", "\(place.epoch)"), ("kernel", JSONLine.string(place.kernel)),
                ("label", JSONLine.string(place.label)),
            ])
        }
        return JSONLine.object([
            ("name", JSONLine.string(value.name)), ("element", JSONLine.array(difference.element.map(String.init))),
            ("numbers", JSONLine.array([difference.first, difference.second].map(JSONLine.number))),
            ("difference", JSONLine.number(difference.largest)), ("relative", JSONLine.number(difference.relative)),
            ("ulp", Self.ulps(difference) ?? "null"), ("tolerated", JSONLine.number(difference.limit)),
            ("elements", "\(difference.count)"), ("steps", JSONLine.array(places)),
            ("agreeing_operands", JSONLine.array(value.agreeingOperands.map(JSONLine.string))),
            ("other_operands", JSONLine.array(value.otherOperands.map(JSONLine.string))),
        ])
    }

    private func json(_ origin: ValueOrigin) -> String {
        JSONLine.object([
            ("line", origin.line.map(JSONLine.string) ?? "null"), ("pass", origin.pass.map(JSONLine.string) ?? "null"),
            ("decision", origin.decision.map(JSONLine.string) ?? "null"),
        ])
    }

    private static func ulps(_ difference: ValueDifference) -> String? { difference.ulps.map { "\($0)" } }

    private static func number(_ value: Double) -> String { String(format: "%.3g", value) }

    private static func cell(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }
}
