import Data
import Testing

@Suite struct TrainingControlTests {
    @Test func reducesAfterMoreThanPatience() {
        var schedule = LearningRateSchedule(learningRate: 1, factor: 0.1, patience: 2, mode: .min)
        // The first value is an improvement; then three epochs without one.
        let reductions = [5, 5, 5, 5, 5, 5, 5].map { schedule.update($0) }
        #expect(reductions == [false, false, false, true, false, false, true])
        #expect(schedule.learningRate == 0.1 * 0.1)
        #expect(schedule.best == 5)
    }

    @Test func relativeThreshold() {
        var schedule = LearningRateSchedule(learningRate: 1, factor: 0.5, patience: 0, mode: .min)
        #expect(schedule.update(1) == false)
        // Less than a ten-thousandth better is not better, and the best stays what it was.
        #expect(schedule.update(0.99995) == true)
        #expect(schedule.best == 1)
        #expect(schedule.update(0.9998) == false)
        #expect(schedule.best == 0.9998)
        var rising = LearningRateSchedule(learningRate: 1, factor: 0.5, patience: 0, mode: .max)
        #expect(rising.update(0.5) == false)
        #expect(rising.update(0.50004) == true)
        #expect(rising.update(0.50006) == false)
        #expect(rising.learningRate == 0.5)
    }

    @Test func improvementStartsCountingAgain() {
        var schedule = LearningRateSchedule(learningRate: 1, factor: 0.5, patience: 1, mode: .min)
        #expect([3, 4, 2, 3, 1, 2].map { schedule.update($0) }.allSatisfy { !$0 })
        #expect(schedule.epochsWithoutImprovement == 1)
    }

    @Test func nanIsNoImprovement() {
        var schedule = LearningRateSchedule(learningRate: 1, factor: 0.5, patience: 0, mode: .max)
        #expect(schedule.update(.nan) == true)
        #expect(schedule.best == nil)
        #expect(schedule.update(0) == false)
        #expect(schedule.update(.nan) == true)
    }

    @Test func tinyChangesAreNotMade() {
        var schedule = LearningRateSchedule(learningRate: 1e-8, factor: 0.1, patience: 0, mode: .min)
        #expect(schedule.update(1) == false)
        #expect(schedule.update(1) == false)
        #expect(schedule.learningRate == 1e-8)
    }

    @Test func modeByName() {
        for name in ["Acc_2", "Mult_acc_5", "F1_score", "Corr", "WAcc", "WAF1"] {
            #expect(SelectionMode(metricName: name) == .max)
        }
        for name in ["MAE", "Loss", "task_loss"] {
            #expect(SelectionMode(metricName: name) == .min)
        }
    }

    @Test func stopsAfterTheBestEpoch() {
        var stopping = EarlyStopping(metricName: "MAE", patience: 2)
        #expect(!stopping.shouldStop)
        let values = [3.0, 2.0, 2.0, 2.5]
        var best: [Bool] = []
        var stops: [Bool] = []
        for (index, value) in values.enumerated() {
            best.append(stopping.update(epoch: index + 1, value: value))
            stops.append(stopping.shouldStop)
        }
        #expect(best == [true, true, false, false])
        #expect(stops == [false, false, false, true])
        #expect(stopping.bestEpoch == 2)
        #expect(stopping.bestValue == 2)
    }

    @Test func overriddenMode() {
        var stopping = EarlyStopping(mode: .max, patience: 1)
        #expect(stopping.update(epoch: 1, value: 1) == true)
        #expect(stopping.update(epoch: 2, value: 2) == true)
        #expect(stopping.update(epoch: 3, value: 1) == false)
        #expect(stopping.shouldStop)
    }

    @Test func withoutAnyNumber() {
        var stopping = EarlyStopping(metricName: "Acc", patience: 2)
        #expect(stopping.update(epoch: 1, value: .nan) == false)
        #expect(!stopping.shouldStop)
        #expect(stopping.update(epoch: 2, value: .nan) == false)
        #expect(stopping.shouldStop)
        #expect(stopping.bestEpoch == nil)
    }
}
