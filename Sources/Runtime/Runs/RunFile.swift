/// The files of a run's folder.
enum RunFile: String, CaseIterable {
    /// What it was started with.
    case description = "run.json"
    /// The resolved specification, which can be compiled again.
    case specification = "spec.json"
    /// A line for each epoch.
    case metrics = "metrics.jsonl"
    case table = "metrics.csv"
    /// TensorBoard takes every file whose name has `tfevents` in it.
    case events = "events.out.tfevents.dg"
    /// All that is needed to go on.
    case state = "state.safetensors"
    case last = "last.safetensors"
    case best = "best.safetensors"
    /// What the test part gave; there when the run is over.
    case result = "result.json"
    /// Of several seeds.
    case summary = "summary.json"
    case summaryTable = "summary.csv"

    func path(in folder: String) -> String { "\(folder)/\(rawValue)" }
}
