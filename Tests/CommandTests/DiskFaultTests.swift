import Data
import Foundation
import Testing

/// A training on a disk that becomes full ends with a message and goes on when there is room again.
///
/// The disk is a file system in memory that only the processes of the test see; where the machine lets no one make such, nothing is tried.
@Suite struct DiskFaultTests {
    private static let chosen = FaultTraining.isWhole ? 24 : 3
    private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    private static let diskSize = 16 << 20

    /// Trains with little room, keeps what the folder then has, makes room, and goes on.
    private static let script = """
        disk=$1; kept=$2; room=$3; dgrun=$4; shift 4
        mount -t tmpfs -o size=\(diskSize) tmpfs "$disk" || exit 1
        head -c $((\(diskSize) - room)) /dev/zero > "$disk/other" || exit 1
        "$dgrun" "$@" --out "$disk/run" > /dev/null 2> "$kept/errors"; echo $? > "$kept/status"
        cp -r "$disk/run" "$kept/full"
        rm "$disk/other"
        if [ -e "$disk/run/run.json" ]; then "$dgrun" train --resume "$disk/run"; else "$dgrun" "$@" --out "$disk/run"; fi || exit 1
        cp -r "$disk/run" "$kept/run"
        """

    private static func inNamespace(_ script: String, _ arguments: [String]) throws -> Outcome {
        try Launch("/usr/bin/env", ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh"] + arguments).wait()
    }

    private static let canMount: Bool = {
        guard let folder = try? TemporaryFolder(),
            let outcome = try? inNamespace("mount -t tmpfs tmpfs \"$1\"", [folder.root])
        else { return false }
        return !outcome.isSignal && outcome.status == 0
    }()

    @Test(.enabled(if: DiskFaultTests.canMount)) func aFullDiskLosesNothing() throws {
        let folder = try TemporaryFolder()
        let whole = TrainingRun(path: folder.path("whole"))
        let arguments = try ["train", Fixtures.emotionPlan(), "--data", Fixtures.emotionData()] + FaultTraining.options
        try run(.dgrun, arguments + ["--out", whole.path]).succeeded()
        let checkpoints = try FaultTraining.checkpoints(in: folder)
        func pages(_ name: String) throws -> Int { try (contents(whole.file(name)).count + Self.page - 1) / Self.page }
        // A new state is written beside the one before; the result comes when no other file grows.
        let needed = try TrainingRun.files.map(pages).reduce(0, +) + pages("state.safetensors") - pages("result.json")
        let disk = folder.path("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        var generator = SplitMix64(seed: FaultTraining.seed)
        var epochs: [Int] = []
        for index in 0..<Self.chosen {
            let room = (index * needed + generator.index(below: needed)) / Self.chosen * Self.page
            let comment: Comment = "DG_SEED=\(FaultTraining.seed): \(room) of \(needed * Self.page) bytes are free"
            let kept = folder.path("kept-\(index)")
            try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: false)
            let outcome = try Self.inNamespace(Self.script, [disk, kept, "\(room)", Tool.dgrun.path()] + arguments)
            try #require(outcome.status == 0 && !outcome.isSignal, "\(comment)\n\(outcome.summary)")
            let errors = try String(contentsOfFile: "\(kept)/errors", encoding: .utf8)
            #expect(try String(contentsOfFile: "\(kept)/status", encoding: .utf8) == "2\n", "\(comment)\n\(errors)")
            #expect(errors.contains("error[file.unwritable]: \(disk)/run/"), "\(comment)\n\(errors)")
            #expect(errors.contains("No space left on device"), "\(comment)\n\(errors)")
            epochs.append(try checkpoints.areKept(in: TrainingRun(path: "\(kept)/full"), comment))
            try FaultTraining.hasEnded(TrainingRun(path: "\(kept)/run"), comment, equals: whole)
        }
        if FaultTraining.isWhole { print("full disk: \(Self.chosen) runs; epochs that were kept: \(epochs); same bits") }
    }
}
