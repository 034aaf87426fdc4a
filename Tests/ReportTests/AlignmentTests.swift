import Report
import Testing

@Suite struct AlignmentTests {
    /// Means 3 apart, every sample 1 from the mean of its modality.
    @Test func `the gap is the distance of the means by the spread`() throws {
        let gap = try #require(ModalityGap(text: [0, 0, 2, 0], vision: [0, 3, 2, 3], width: 2))
        #expect(abs(try #require(gap.gap) - 3) < 1e-12)
        #expect(abs(gap.textCentre.x - gap.visionCentre.x) - 3 < 1e-6 && abs(gap.textCentre.y - gap.visionCentre.y) < 1e-6)
        #expect(abs(gap.shares[0] - 9.0 / 13) < 1e-6 && abs(gap.shares[1] - 4.0 / 13) < 1e-6)
        #expect(gap.text.count == 2 && gap.vision.count == 2)
    }

    @Test func `no gap without differences or numbers`() throws {
        #expect(try #require(ModalityGap(text: [1, 1], vision: [1, 1], width: 1)).gap == nil)
        #expect(ModalityGap(text: [1, .nan], vision: [1, 1], width: 1) == nil)
        #expect(ModalityGap(text: [1, 1], vision: [1], width: 1) == nil)
        #expect(ModalityGap(text: [], vision: [], width: 1) == nil && ModalityGap(text: [1], vision: [1], width: 0) == nil)
    }

    @Test func `many samples are thinned out`() throws {
        let values = (0..<1201).map { Float($0 % 17) }
        let gap = try #require(ModalityGap(text: values, vision: values, width: 1))
        #expect((200...ModalityGap.shownCount).contains(gap.text.count) && gap.text.count == gap.vision.count)
    }

    @Test func `plans are summed over the third modality`() throws {
        // Text prototype 0 goes with audio 1 and vision 0, text 1 with audio 0 and vision 1.
        let plan = try #require(TransportPlan(count: 2, mass: [0, 0.1, 0.4, 0, 0, 0.3, 0, 0.2]))
        #expect(plan.between(0, 2) == [[0.4, 0.1], [0, 0.5]])
        #expect(plan.between(0, 1) == [[0.1, 0.4], [0.3, 0.2]])
        #expect(plan.between(1, 2) == [[0, 0.4], [0.4, 0.2]])
        #expect(TransportPlan(count: 2, mass: [1]) == nil && TransportPlan(count: 1, mass: [.nan]) == nil)
        #expect(TransportPlan(count: 0, mass: []) == nil)
    }
}
