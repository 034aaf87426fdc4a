import Graph
import Passes
import Synchronization

/// Finds the first pass, on any level, that changes the numbers, or shows that only the compiled code does.
public struct PassBisection {
    private let check: PassCheck
    private let options: PlanCompiler.Options
    private let progress: @Sendable (String) -> Void

    /// - Parameter progress: gets a line for every pass.
    public init(check: PassCheck, options: PlanCompiler.Options, progress: @escaping @Sendable (String) -> Void) {
        self.check = check
        self.options = options
        self.progress = progress
    }

    public enum Outcome: Sendable {
        case agreement(passes: Int)
        /// What ran and what it changed: a pass, or the compiled plan.
        case difference(PassCheck.Finding)
    }

    /// - Parameter source: makes the graph of an entry with the given manager, all passes on the graph level included.
    public func run(_ source: (PassManager) throws(Diagnostic) -> Graph) throws(Diagnostic) -> Outcome {
        let watch = FirstFinding(check: check, progress: progress)
        do throws(Diagnostic) {
            let graph = try source(PassManager(disabled: options.disabled, observer: watch))
            let result = try PlanCompiler(options: options, observer: watch).compile([graph])
            progress("after the compiled plan")
            if let finding = try CompiledCheck(check: check).finding(result) { return .difference(finding) }
            return .agreement(passes: watch.count)
        } catch {
            guard let finding = watch.finding else { throw error }
            return .difference(finding)
        }
    }
}

/// Stops the passes at the first one that changes the numbers.
private final class FirstFinding: PassObserver {
    private let check: PassCheck
    private let progress: @Sendable (String) -> Void
    private let state = Mutex<(finding: PassCheck.Finding?, count: Int)>((nil, 0))

    init(check: PassCheck, progress: @escaping @Sendable (String) -> Void) {
        self.check = check
        self.progress = progress
    }

    var finding: PassCheck.Finding? { state.withLock { $0.finding } }
    var count: Int { state.withLock { $0.count } }

    func didRun(
        _ pass: LevelPass, _ report: PassManager.Report, before: Representation, after: Representation
    ) throws(Diagnostic) {
        let count = state.withLock { state in
            state.count += 1
            return state.count
        }
        if count == 1, let note = SlownessNote.text(before) { progress("note: \(note)") }
        progress("after \(pass.name)\(report.changed ? "" : ", which changes nothing")")
        guard report.changed, let finding = try check.finding(pass, before: before, after: after) else { return }
        state.withLock { $0.finding = finding }
        throw Diagnostic("passes.changed-numbers", pass.name, "pass \(pass.name) changes what is computed: \(finding)", kind: .compilerBug)
    }
}
