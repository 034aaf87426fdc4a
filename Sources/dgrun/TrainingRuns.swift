import Graph
import Runtime

/// One training in a folder, or one for each of several seeds in folders below it.
struct TrainingRuns {
    enum Ending {
        case run(RunResult)
        case seeds(SeedSummary)
    }

    let session: TrainingSession
    let description: RunDescription
    let report: TrainingDisplay

    /// All folders that are written into.
    func folders(in path: String) -> [String] {
        [path] + (description.options.seeds ?? []).map { RunFolder.path(of: $0, in: path) }
    }

    /// - Returns: nil where the user wanted to stop.
    func run(in folder: RunFolder, isResumed: Bool) throws(Diagnostic) -> Ending? {
        if let seeds = description.options.seeds { return try run(seeds, in: folder, isResumed: isResumed).map(Ending.seeds) }
        return try train(in: folder, description, isResumed: isResumed).map(Ending.run)
    }

    private func run(_ seeds: [Int], in folder: RunFolder, isResumed: Bool) throws(Diagnostic) -> SeedSummary? {
        if !isResumed { try begin(folder, description) }
        var results: [RunResult] = []
        for (index, seed) in seeds.enumerated() {
            report.show(seed: seed, index: index, of: seeds.count)
            var description = description
            (description.options.seed, description.options.seeds) = (seed, nil)
            let path = RunFolder.path(of: seed, in: folder.path)
            let isStarted = isResumed && RunFolder.hasRun(path)
            // A state without its description is no seed that has not begun: it is not replaced.
            let mayReplace = !isResumed || !RunFolder.hasState(path)
            let seedFolder = try isStarted ? RunFolder.open(path: path) : RunFolder.create(path: path, overwrite: mayReplace)
            if isStarted { try description.checkContinues(seedFolder, session.bundle) }
            do throws(Diagnostic) {
                guard let result = try train(in: seedFolder, description, isResumed: isStarted) else { return nil }
                results.append(result)
            } catch {
                // A seed that has come to a state can be resumed, and what it belongs to with it.
                if !isResumed && index == 0 && !RunFolder.hasRun(path) { folder.discardIfEmpty() }
                throw error
            }
        }
        let summary = SeedSummary(seeds: seeds, results: results)
        try folder.finish(summary)
        return summary
    }

    private func begin(_ folder: RunFolder, _ description: RunDescription) throws(Diagnostic) {
        try folder.begin(description, specification: session.bundle.manifest.specification ?? "")
    }

    private func train(
        in folder: RunFolder, _ description: RunDescription, isResumed: Bool
    ) throws(Diagnostic) -> RunResult? {
        guard !isResumed else { return try session.train(in: folder, description, isResumed: true, report: report) }
        try begin(folder, description)
        do throws(Diagnostic) {
            return try session.train(in: folder, description, isResumed: false, report: report)
        } catch {
            folder.discardIfEmpty()
            throw error
        }
    }
}
