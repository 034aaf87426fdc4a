import Data
import Foundation
import Graph

extension RunDescription {
    /// One thing that another run was started with differently.
    struct Difference {
        var what: String
        var recorded: String
        var found: String
    }

    /// Checks that going on as this describes is going on with the run in a folder.
    ///
    /// Where files lie, the machine and the number of threads may differ: they do not change what is computed.
    /// - Throws: `train.different`, naming the first difference.
    public func checkContinues(_ folder: RunFolder, _ bundle: PlanBundle) throws(Diagnostic) {
        let recorded = try folder.description()
        let specificationDifference = Self.difference(
            "specification", Foundation.Data(try folder.specification().utf8),
            Foundation.Data((bundle.manifest.specification ?? "").utf8))
        guard let difference = specificationDifference ?? trainingDifference(recorded) ?? planDifference(recorded)
            ?? dataDifference(recorded) ?? options.difference(recorded.options)
        else { return }
        throw Diagnostic(
            "train.different", folder.path,
            "the run was started with another \(difference.what), and would not go on as it began",
            expected: difference.recorded, found: difference.found)
    }

    /// The first key of two JSON objects with another value.
    private static func difference(_ what: String, _ recorded: Foundation.Data, _ found: Foundation.Data) -> Difference? {
        func members(_ text: Foundation.Data) -> [String: Any] {
            ((try? JSONSerialization.jsonObject(with: text)) as? [String: Any]) ?? [:]
        }
        let (old, new) = (members(recorded), members(found))
        for key in Set(old.keys).union(new.keys).sorted() {
            let (before, now) = (text(old[key]), text(new[key]))
            if before != now { return Difference(what: "\(what): \(key)", recorded: before, found: now) }
        }
        return nil
    }

    /// The first setting of the training loop with another value.
    private func trainingDifference(_ recorded: RunDescription) -> Difference? {
        guard plan.training != recorded.plan.training else { return nil }
        func json(_ training: TrainingConfiguration?) -> Foundation.Data {
            (try? JSONEncoder().encode(training)) ?? Foundation.Data()
        }
        return Self.difference("plan: training", json(recorded.plan.training), json(plan.training))
    }

    private static func text(_ value: Any?) -> String {
        guard let value else { return "none" }
        let json = try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys])
        return json.map { String(decoding: $0, as: UTF8.self) } ?? "none"
    }

    private func planDifference(_ recorded: RunDescription) -> Difference? {
        for file in Set(plan.files.keys).union(recorded.plan.files.keys).sorted(by: >) {
            let (before, now) = (recorded.plan.files[file], plan.files[file])
            guard before != now else { continue }
            return Difference(
                what: "plan: \(file)", recorded: "fingerprint \(before ?? "none")", found: "\(now ?? "none") in \(plan.path)")
        }
        return nil
    }

    private func dataDifference(_ recorded: RunDescription) -> Difference? {
        let (before, now) = (recorded.data.fingerprint, data.fingerprint)
        guard before != now else { return nil }
        return Difference(
            what: "data file", recorded: "\(before.bytes) bytes, checksum \(before.checksum)",
            found: "\(now.bytes) bytes, checksum \(now.checksum) in \(data.path)")
    }
}

extension RunDescription.Options {
    fileprivate func difference(_ recorded: Self) -> RunDescription.Difference? {
        let pairs: [(String, String, String)] = [
            ("seed", "\(recorded.seed)", "\(seed)"),
            ("list of seeds", Self.text(recorded.seeds), Self.text(seeds)),
            ("number of epochs", "\(recorded.epochs)", "\(epochs)"),
            ("order of samples", Self.order(recorded.shuffle), Self.order(shuffle)),
            ("selection", recorded.selection, selection),
            ("file of first values", recorded.initial?.fingerprint.checksum ?? "none", initial?.fingerprint.checksum ?? "none"),
            ("choice to log steps", "\(recorded.logSteps)", "\(logSteps)"),
            ("choice to write events", "\(recorded.tensorboard)", "\(tensorboard)"),
        ]
        guard let pair = pairs.first(where: { $0.1 != $0.2 }) else { return nil }
        return RunDescription.Difference(what: pair.0, recorded: pair.1, found: pair.2)
    }

    private static func text(_ seeds: [Int]?) -> String { seeds.map { $0.map(String.init).joined(separator: ",") } ?? "none" }

    private static func order(_ shuffle: Bool) -> String { shuffle ? "shuffled" : "the file's" }
}
