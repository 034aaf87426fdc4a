import Foundation

/// A copy of a plan for tests that damage it.
struct PlanCopy {
    /// What a plan needs to run.
    static let files = ["program.dg", "kernels.c", "kernels.so", "manifest.json"]

    /// What a plan keeps for people and tools.
    static let stageFiles = ["graph.dg", "kernels.dg"]

    let path: String
    private let folder: TemporaryFolder

    init(of plan: String, in folder: TemporaryFolder) throws {
        self.folder = folder
        path = try folder.copy(plan, as: "copy.plan")
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Changes a member of the manifest, or removes it.
    ///
    /// - Parameters:
    ///   - keys: names of members and numbers of elements, from the outermost in.
    ///   - json: the new value as JSON; nil removes it.
    func edit(_ keys: [String], to json: String?) throws {
        let value = try json.map { try JSONSerialization.jsonObject(with: Foundation.Data($0.utf8), options: .fragmentsAllowed) }
        let manifest = try JSONSerialization.jsonObject(with: contents(file("manifest.json")))
        let edited = Self.edited(manifest, keys[...], value)
        try JSONSerialization.data(withJSONObject: edited as Any).write(to: URL(fileURLWithPath: file("manifest.json")))
    }

    /// As the manifest says it of each file.
    static func fingerprint(of bytes: Foundation.Data) -> String {
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        return String(hash, radix: 16)
    }

    private static func edited(_ old: Any?, _ keys: ArraySlice<String>, _ value: Any?) -> Any? {
        guard let key = keys.first else { return value }
        if var members = old as? [String: Any] {
            members[key] = edited(members[key], keys.dropFirst(), value)
            return members
        }
        guard var elements = old as? [Any], let position = Int(key), elements.indices.contains(position) else { return old }
        if let element = edited(elements[position], keys.dropFirst(), value) {
            elements[position] = element
        } else {
            elements.remove(at: position)
        }
        return elements
    }
}
