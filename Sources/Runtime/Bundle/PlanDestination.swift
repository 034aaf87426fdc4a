import Data
import Foundation
import Graph

/// Where a plan is written: a folder beside it takes the files and then its name, so that no half plan is ever seen.
struct PlanDestination {
    /// Without a slash at the end, which completion in a shell adds.
    let path: String

    /// Named after the process: two compilations of one plan do not disturb each other.
    var temporaryPath: String { "\(path).\(ProcessInfo.processInfo.processIdentifier).partial" }

    /// - Throws: `plan.write` if something stands there that is not a plan.
    init(_ path: String) throws(Diagnostic) {
        self.path = Self.withoutTrailingSlashes(path)
        try refuseForeign()
    }

    static func withoutTrailingSlashes(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// Creates the temporary folder.
    func create() throws(Diagnostic) {
        guard !path.isEmpty else {
            throw Diagnostic("plan.write", "an empty path", "a plan has a name", expected: "NAME.plan")
        }
        if mkdir(temporaryPath, 0o777) == 0 { return }
        throw failure(SystemError.lastReason)
    }

    /// Removes the temporary folder, for when something failed.
    func discard() {
        try? FileManager.default.removeItem(atPath: temporaryPath)
    }

    /// Gives the plan's name to the temporary folder; an older plan goes only when the new one stands.
    func commit() throws(Diagnostic) {
        let old = "\(temporaryPath).old"
        let isReplacing = rename(path, old) == 0
        guard isReplacing || errno == ENOENT else { throw failure(SystemError.lastReason) }
        guard rename(temporaryPath, path) == 0 else {
            let reason = SystemError.lastReason
            if isReplacing { rename(old, path) }
            throw failure(reason)
        }
        if isReplacing { try? FileManager.default.removeItem(atPath: old) }
    }

    func failure(_ reason: String) -> Diagnostic {
        Diagnostic(
            "plan.write", path, "the plan cannot be written",
            expected: "an existing folder with room and the right to write", found: reason)
    }

    /// Something that exists is only replaced if it is an empty folder or holds the files of a plan and nothing else.
    private func refuseForeign() throws(Diagnostic) {
        var isFolder = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
        let names = isFolder.boolValue ? (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? ["?"] : ["?"]
        let known = Set(PlanFile.allCases.map(\.rawValue))
        // Other programs too keep a manifest.json.
        guard Set(names).isSubset(of: known), names != [PlanFile.manifest.rawValue] else {
            throw Diagnostic(
                "plan.write", path, "something that is not a plan stands there and is not replaced",
                expected: "a plan, or nothing")
        }
    }
}
