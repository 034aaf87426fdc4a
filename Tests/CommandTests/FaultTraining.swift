import Data
import Foundation
import Testing

/// The training in which the tests of faults let something fail, and how much of it they try.
///
/// `DG_SOAK` lets every call fail; otherwise a few are chosen by `DG_SEED`.
enum FaultTraining {
    private static let environment = ProcessInfo.processInfo.environment
    static let isWhole = environment["DG_SOAK"] != nil
    static let seed = environment["DG_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000)
    static let epochs = 3
    static let recording = ["--select", "last", "--log-steps"]
    static let options = ["--epochs", "\(epochs)"] + recording

    static func arguments(_ training: TrainingRun) throws -> [String] {
        try TrainingRun.emotionArguments(training.path) + options
    }

    static func checkpoints(in folder: TemporaryFolder) throws -> Checkpoints {
        try Checkpoints(epochs: epochs, options: recording, in: folder)
    }

    /// All files of a training: its run, the plan, and the data.
    static func files(_ training: TrainingRun) throws -> [String] {
        try [training.path, Fixtures.emotionPlan(), Fixtures.emotionData()]
    }

    /// Goes on with a training that ended, or begins again where there is nothing yet to go on with, nor to lose.
    static func goOn(_ training: TrainingRun, _ comment: Comment, equals whole: TrainingRun) throws {
        let outcome = try run(
            .dgrun, training.has("run.json") ? ["train", "--resume", training.path] : arguments(training) + ["--overwrite"])
        try #require(outcome.status == 0 && !outcome.isSignal, "\(comment)\n\(outcome.summary)")
        try hasEnded(training, comment, equals: whole)
    }

    static func hasEnded(_ training: TrainingRun, _ comment: Comment, equals whole: TrainingRun) throws {
        try training.equals(whole, comment)
        #expect(try names(in: training.path) == TrainingRun.files, comment)
    }

    static func copy(of training: TrainingRun, as name: String, in folder: TemporaryFolder) throws -> TrainingRun {
        try FileManager.default.copyItem(atPath: training.path, toPath: folder.path(name))
        return TrainingRun(path: folder.path(name))
    }

    /// All faults, or some of them, of each kind of call equally many.
    static func chosen(_ faults: [FaultShim.Fault], _ count: Int) -> [FaultShim.Fault] {
        guard !isWhole else { return faults }
        var generator = SplitMix64(seed: seed)
        let kinds = FaultShim.Call.allCases.map { call in faults.filter { $0.call == call } }.filter { !$0.isEmpty }
        return (0..<count).map { _ in
            let kind = kinds[generator.index(below: kinds.count)]
            return kind[generator.index(below: kind.count)]
        }
    }
}

extension FaultShim.Fault {
    /// Every place where a call comes. A call that writes fails in every way, one that looks in one of its ways after the other.
    static func all(_ counts: [FaultShim.Call: FaultShim.Count]) -> [Self] {
        var faults: [Self] = []
        for call in FaultShim.Call.allCases {
            let (failures, isEach) = ways(call)
            for number in 1..<(failures.isEmpty ? 0 : counts[call]?.all ?? 0) + 1 {
                let chosen = isEach ? failures : [failures[(number + Int(FaultTraining.seed % 60)) % failures.count]]
                faults += chosen.map { Self(call, number, $0) }
            }
        }
        return faults
    }

    private static func ways(_ call: FaultShim.Call) -> (failures: [FaultShim.Failure], isEach: Bool) {
        switch call {
        case .open: ([.error(EACCES), .error(ENOSPC)], true)
        case .write, .pwrite: ([.error(ENOSPC), .error(EIO), .error(EINTR), .short], true)
        case .fsync, .rename: ([.error(EIO), .error(ENOSPC)], true)
        case .mkdir: ([.error(EACCES), .error(ENOSPC), .error(EIO)], true)
        case .truncate: ([.error(EIO)], true)
        case .unlink: ([.error(EIO), .error(EACCES)], false)
        case .openToRead: ([.error(EACCES), .error(EIO), .error(EMFILE)], false)
        case .read: ([.error(EIO), .error(EINTR), .short], false)
        case .stat: ([.error(EIO), .error(EACCES)], false)
        case .close: ([.error(EIO), .error(EINTR)], false)
        case .list: ([.error(EACCES)], false)
        case .map, .region: ([.error(ENOMEM)], true)
        case .small, .medium, .large: ([], true)
        }
    }

    /// Whether the call has only to be made again, or for the rest.
    var isHarmless: Bool { failure == .short || failure == .error(EINTR) }

    /// Whether a training that goes on after it as if nothing had happened may lose something.
    var hasToBeNoticed: Bool {
        switch call {
        case .open, .fsync, .rename, .mkdir, .truncate, .map, .region: true
        case .write, .pwrite: !isHarmless
        case .unlink, .openToRead, .read, .stat, .list, .close, .small, .medium, .large: false
        }
    }
}
