import Foundation
import Runtime

extension RunPage {
    /// One section for each group that is shown, or a sentence.
    var alignment: [PageSection] {
        let title = "Modality gap"
        let sections = detailed.compactMap { group -> PageSection? in
            let drawings = group.runs[0].stages.flatMap(Self.drawings)
            guard !drawings.isEmpty else { return nil }
            let run = group.runs[0]
            let seed = group.runs.count > 1 ? ", seed \(run.record.description.options.seed)" : ""
            let name = groups.count > 1 || !seed.isEmpty ? " of \(group.name)\(seed)" : ""
            return PageSection(title: title + name, texts: [], content: [Self.legend], drawings: drawings)
        }
        guard var first = sections.first else {
            return [.missing(title, "Left out: the models use only one of text and vision, or their features are not finite.")]
        }
        first.texts = [
            "Text and vision features of the test samples, averaged over time, with the weights that training began with (before) "
                + "and those that were tested (after), in the plane of the two principal components of both modalities together. "
                + "Large marks are the means. The gap is the distance of the means in all dimensions, divided by the root mean "
                + "square distance of features from the mean of their own modality: it has no unit, and 0 is no gap.",
            "Unique features are what the prototypes are fitted to and the transport aligns; common features are aligned by "
                + "their moments and by the discrepancy; attended features are the unique ones after the transformers.",
        ] + leftOut(Self.mostDetails)
        return [first] + sections.dropFirst()
    }

    /// Before and after side by side.
    private static func drawings(_ stage: AlignmentStage) -> [SvgDrawing] {
        let pair = [(stage.before, "before"), (stage.after, "after")].compactMap { gap, name in
            gap.map { GapFigure(title: "\(stage.name) features, \(name)", gap: $0).drawing }
        }
        guard !pair.isEmpty else { return [] }
        let label = "\(stage.name) features of text and vision before and after training"
        return [SvgDrawing.grid(pair, columns: 2, label: label)]
    }

    private static var legend: SvgElement {
        let place = SvgElement.Point(15, 6)
        return PageSection.legend([
            ("text", GapFigure.dot(place, isText: true, radius: 5)), ("vision", GapFigure.dot(place, isText: false, radius: 5)),
        ])
    }

    // MARK: Transport

    /// Larger plans could not be read.
    private static let mostPrototypes = 16

    var transport: PageSection {
        let title = "Transport plan between prototypes"
        let plans = detailed.compactMap { group in group.runs[0].transport.map { (group.name, $0) } }
        guard !plans.isEmpty else {
            return .missing(title, "Left out: nothing is transported unless text, audio and vision are all active.")
        }
        let readable = plans.filter { $0.1.count <= Self.mostPrototypes }
        guard !readable.isEmpty else {
            return .missing(title, "Left out: plans of more than \(Self.mostPrototypes) prototypes could not be read.")
        }
        let drawings = readable.flatMap { name, plan in
            [(0, 2), (0, 1), (1, 2)].map { Self.heatmap(plan, $0, $1, groups.count > 1 ? "\(name): " : "") }
        }
        return PageSection(
            title: title,
            texts: ["How much of the mass, in %, the optimal transport moves between the prototypes of two modalities, summed over "
                + "the prototypes of the third one. The prototypes are those of all test samples with the tested weights; in "
                + "training each batch has its own."] + leftOut(Self.mostDetails),
            drawings: drawings)
    }

    private static let modalities = ["text", "audio", "vision"]

    private static func heatmap(_ plan: TransportPlan, _ first: Int, _ second: Int, _ prefix: String) -> SvgDrawing {
        let names = (1...plan.count).map(String.init)
        return HeatmapFigure(
            title: "\(prefix)\(modalities[first]) and \(modalities[second])", rowTitle: "\(modalities[first]) prototype",
            columnTitle: "\(modalities[second]) prototype", rows: names, columns: names,
            values: plan.between(first, second).map { $0.map { $0 * 100 } }, format: { String(format: "%.1f", $0) }
        ).drawing
    }
}
