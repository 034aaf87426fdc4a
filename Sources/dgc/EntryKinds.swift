import ArgumentParser
import Runtime

/// Kinds of a model's entries as they are typed, `infer,loss,train`.
struct EntryKinds: ExpressibleByArgument {
    var kinds: Set<PlanManifest.EntryKind>

    init?(argument: String) {
        var kinds: Set<PlanManifest.EntryKind> = []
        for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let kind = PlanManifest.EntryKind(rawValue: String(word)), kind != .graph, kinds.insert(kind).inserted else {
                return nil
            }
        }
        self.kinds = kinds
    }
}
