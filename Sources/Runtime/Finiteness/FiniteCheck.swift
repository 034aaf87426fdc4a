import Graph

/// Looks for numbers that are not finite while entries run, and names the first of them.
///
/// The team loop looks at what each epoch has written, which is cheap; when something is there, the run is repeated from
/// the last copy of parameters and state, now looking at every step. Random numbers are functions of their key, so a
/// repeated run has the same bits.
///
/// A NaN is a mistake in everything that is computed, and so is an infinity that is computed from finite numbers, that
/// stands in a parameter or state, or that an input hands on to an output, a parameter or state. Infinities are meant in
/// values of kernels with infinite constants, such as masks, in data that nothing but values inside the entry take them
/// from, and in values that are computed from such ones.
public final class FiniteCheck {
    private let instance: PlanInstance
    private let bundle: PlanBundle
    private let interval: Int
    private var spans: [Int: FiniteSpans] = [:]
    private var infinite: [Int: Set<String>] = [:]
    private var origins: [FiniteOrigin]?
    private var runCount: [Int: Int] = [:]
    private var copy: (parameters: [UInt8], state: [UInt8])?
    /// The instance's count of changes that the copy holds; what is set from outside is in no journal.
    private var copiedChange = 0
    /// Runs that have changed parameters or state since the copy was made.
    private var journal: [(entry: Int, prepare: () throws(Diagnostic) -> Void)] = []

    /// Copying all parameters and state before each run would cost more than the check.
    private static let runsPerCopy = 16

    /// - Parameter interval: of how many runs each one looks at a part of the values that do not outlive it; what becomes
    ///   an output, a parameter or state is looked at in every run.
    public init(_ bundle: PlanBundle, _ instance: PlanInstance, interval: Int) {
        self.bundle = bundle
        self.instance = instance
        self.interval = interval
    }

    /// Gives an entry its inputs and runs it.
    ///
    /// - Throws: `finite.input` or `finite.computed`.
    func run(entry: Int, prepare: @escaping () throws(Diagnostic) -> Void) throws(Diagnostic) {
        let updates = instance.programs[entry].outputs.contains { $0.updates != nil }
        if copy == nil || copiedChange != instance.changeCount || (updates && journal.count >= Self.runsPerCopy) { makeCopy() }
        let number = runCount[entry, default: 0]
        runCount[entry] = number + 1
        try prepare()
        if try instance.runFindsNonFinite(entry: entry, spans: spans(of: entry).spans(run: number)) {
            try repeatRuns(before: entry, number, prepare)
        }
        if updates { journal.append((entry, prepare)) }
    }

    /// Repeats everything since the copy, and then the run itself.
    private func repeatRuns(
        before entry: Int, _ number: Int, _ prepare: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        if let copy {
            instance.region(.parameters).store(bytes: copy.parameters)
            instance.region(.state).store(bytes: copy.state)
        }
        for earlier in journal {
            try earlier.prepare()
            try instance.run(entry: earlier.entry)
        }
        try prepare()
        let known = infiniteValues(of: entry)
        var search = FiniteSearch(
            instance, entry: entry, run: number, infiniteByDesign: known, origin: stages()[safe: entry])
        try search.find()
        if let finding = search.finding { throw finding.diagnostic }
        // Whatever was found is meant to be infinite; from now on only a NaN counts there.
        infinite[entry] = known.union(search.infinite)
        spans[entry] = nil
        // Inputs are as they were, but a run may have asked for them to be set once more.
        copiedChange = instance.changeCount
    }

    private func makeCopy() {
        copy = (instance.region(.parameters).allBytes, instance.region(.state).allBytes)
        copiedChange = instance.changeCount
        journal = []
    }

    private func spans(of entry: Int) -> FiniteSpans {
        if let known = spans[entry] { return known }
        let made = FiniteSpans(instance.programs[entry], interval: interval, infinite: infiniteValues(of: entry))
        spans[entry] = made
        return made
    }

    private func infiniteValues(of entry: Int) -> Set<String> {
        if let known = infinite[entry] { return known }
        let values = stages()[safe: entry]?.infiniteByDesign ?? []
        infinite[entry] = values
        return values
    }

    /// What the kernels of each entry compute; empty where the plan does not say it.
    private func stages() -> [FiniteOrigin] {
        if let origins { return origins }
        let made = ((try? bundle.kernelGraphs()) ?? []).map(FiniteOrigin.init)
        origins = made
        return made
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
