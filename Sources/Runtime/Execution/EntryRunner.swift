import Graph

/// Runs entries of a plan as the user asked: plainly, or with times.
public struct EntryRunner {
    public let instance: PlanInstance
    private let profile: ProfileRecorder?

    public init(_ instance: PlanInstance, profile: ProfileRecorder? = nil) {
        self.instance = instance
        self.profile = profile
    }

    /// Gives an entry its inputs and runs it.
    func run(entry: Int, prepare: () throws(Diagnostic) -> Void) throws(Diagnostic) {
        try prepare()
        if let profile {
            try profile.run(instance, entry: entry)
        } else {
            try instance.run(entry: entry)
        }
    }

    /// To be called when nothing more will run.
    public func finish() throws(Diagnostic) {
        try profile?.finish(instance)
    }
}
