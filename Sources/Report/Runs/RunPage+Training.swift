import Data
import Foundation
import Runtime

extension RunPage {
    /// A table of what was trained and how: what differs between the runs, then what all have alike, then the commands.
    var training: [PageSection] {
        let all = groups.map(facts)
        let names = all.first?.map(\.name) ?? []
        let differing = names.indices.filter { index in Set(all.map { $0[index].value }).count > 1 }
        let alike = names.indices.filter { !differing.contains($0) }
        var content: [SvgElement] = []
        if !differing.isEmpty {
            let rows = zip(groups, all).map { group, facts in [group.name] + differing.map { facts[$0].value } }
            content.append(Self.table(["run"] + differing.map { names[$0] }, rows))
        }
        let shared = alike.compactMap { index in all.first.map { [$0[index].name, $0[index].value] } }
        content.append(Self.table([groups.count > 1 ? "alike in all runs" : "setting", "value"], shared, name: "facts"))
        let commands = commands
        content.append(Self.table(["run", "command"], Array(commands.prefix(Self.mostDetails)), name: "facts"))
        let rest = commands.count - Self.mostDetails
        let texts = rest > 0 ? ["Of \(commands.count) commands the first \(Self.mostDetails) are shown."] : []
        return [PageSection(title: "What was trained", texts: texts, content: content)]
    }

    private struct Fact {
        var name: String
        var value: String
    }

    /// The members of a specification that say most of a training.
    private static let mainSettings = [
        "dataset_name", "active_modalities", "ablate", "dst_feature_dim_nheads", "nlevels", "num_prototypes", "alpha", "beta",
        "dec_loss_weight", "ct_weight", "lambda_ot", "batch_size", "learning_rate", "weight_decay", "clip", "early_stop_patience",
        "scheduler_patience", "selection_metric",
    ]

    /// Of each group the same facts in the same order: settings that differ, main settings, and what the run's folder says.
    private func facts(_ group: RunGroup) -> [Fact] {
        let first = differingSettings
        let keys = first + Self.mainSettings.filter { key in
            !first.contains(key) && groups.contains { $0.runs[0].settings[key] != nil }
        }
        let settings = keys.map { Fact(name: $0, value: Self.text(setting: group.runs[0].settings[$0])) }
        let description = group.runs[0].record.description
        let machine = description.machine
        return settings + [
            Fact(name: "seeds", value: group.seeds),
            Fact(name: "most epochs", value: "\(description.options.epochs)"),
            Fact(name: "tested epoch", value: description.options.selection),
            Fact(name: "parameters", value: "\(group.runs[0].parameterCount)"),
            Fact(name: "data", value: "\(description.data.path), \(description.data.fingerprint.bytes) bytes"),
            Fact(name: "compiler", value: Self.text(description.plan.compiler)),
            Fact(name: "machine", value: Self.text(machine)),
            Fact(name: "started", value: group.runs.map { $0.record.description.started ?? "–" }.min() ?? "–"),
        ]
    }

    private static func text(setting: String?) -> String {
        switch setting {
        case nil: "–"
        case "[]"?, "<null>"?: "none"
        case let text?: text
        }
    }

    /// Without where the compiler's own source is from.
    private static func text(_ compiler: PlanManifest.Compiler) -> String {
        let version = compiler.version.split(separator: "(").first.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
        return ([version] + compiler.flags).joined(separator: " ")
    }

    private static func text(_ machine: RunDescription.Machine) -> String {
        let threads = "\(machine.threads) \(machine.threads == 1 ? "thread" : "threads")"
        return "\(machine.target.architecture), BLAS kernels of \(machine.blas), \(threads)"
    }

    /// What was typed, once for runs of one command.
    private var commands: [[String]] {
        var rows: [[String]] = []
        for group in groups {
            for run in group.runs {
                let words = run.record.description.command
                let program = words.first.map { [($0 as NSString).lastPathComponent] } ?? []
                let command = (program + words.dropFirst()).map(Self.quoted).joined(separator: " ")
                if !rows.contains([group.name, command]) { rows.append([group.name, command]) }
            }
        }
        return rows
    }

    /// As a shell takes it for one word.
    private static func quoted(_ word: String) -> String {
        let plain = word.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || "0123456789_-+./=:,@%".unicodeScalars.contains($0)
        }
        return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
