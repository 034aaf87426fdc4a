import Graph

/// Who is told how training goes, and may end it.
public protocol TrainingObserver {
    /// Called after each step.
    func observe(step: Trainer.Step)

    /// Called after each epoch, with all that is needed to go on from there.
    func observe(epoch: Trainer.Epoch, _ state: TrainingState) throws(Diagnostic)

    /// Whether training is to end after this step.
    var wantsToStop: Bool { get }

    /// Called where training ends before its time, in the middle of an epoch, with all that is needed to go on.
    func observe(stoppedAt state: TrainingState) throws(Diagnostic)
}
