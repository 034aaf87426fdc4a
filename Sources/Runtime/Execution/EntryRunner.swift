import Graph

/// Runs entries of a plan as the user asked: plainly, with times, or looking for numbers that are not finite.
public struct EntryRunner {
    /// What happens beside the run.
    public enum Watch {
        case none
        case profile(ProfileRecorder)
        case finite(FiniteCheck)
    }

    public let instance: PlanInstance
    private let watch: Watch

    public init(_ instance: PlanInstance, watch: Watch = .none) {
        self.instance = instance
        self.watch = watch
    }

    /// Gives an entry its inputs and runs it.
    ///
    /// - Parameter prepare: sets the inputs; called again where a run has to be repeated.
    func run(entry: Int, prepare: @escaping () throws(Diagnostic) -> Void) throws(Diagnostic) {
        switch watch {
        case .none:
            try prepare()
            try instance.run(entry: entry)
        case .profile(let recorder):
            try prepare()
            try recorder.run(instance, entry: entry)
        case .finite(let check):
            try check.run(entry: entry, prepare: prepare)
        }
    }

    /// To be called when nothing more will run.
    public func finish() throws(Diagnostic) {
        if case .profile(let recorder) = watch { try recorder.finish(instance) }
    }
}
