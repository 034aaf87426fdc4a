import CRuntime
import Graph

/// Which memory the team loop looks at after each epoch of an entry.
struct FiniteSpans {
    /// How many runs it takes until every value has been looked at.
    let interval: Int
    private let spans: [(isKept: Bool, span: dg_span)]

    /// - Parameters:
    ///   - interval: what outlives a run, and the outputs, are looked at in every run, of the rest one part in each.
    ///   - infinite: values that hold infinities on purpose; only a NaN is found in them.
    init(_ program: Program, interval: Int, infinite: Set<String>) {
        self.interval = interval
        var spans: [(isKept: Bool, span: dg_span)] = []
        for step in program.steps {
            for index in step.results {
                let slice = program.slices[index]
                guard slice.type.elementType.isFloating, slice.type.elementCount > 0 else { continue }
                let span = dg_span(
                    epoch: UInt32(step.epoch), region: UInt32(slice.region.index), offset: UInt(slice.offset),
                    count: UInt(slice.type.elementCount), width: UInt32(slice.type.elementType.byteCount),
                    only_nan: infinite.contains(slice.name) ? 1 : 0)
                spans.append((program.keeps(index), span))
            }
        }
        self.spans = spans
    }

    /// In order of epochs, as steps are.
    func spans(run: Int) -> [dg_span] {
        spans.enumerated().filter { $0.element.isKept || $0.offset % interval == run % interval }.map(\.element.span)
    }
}
