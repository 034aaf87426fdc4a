import Foundation

/// Limits that a container or the service manager set for this process (version 2 of control groups).
enum ControlGroup {
    /// How many processors' time may be used; nil without a limit.
    static func processorQuota() -> Double? {
        let words = contents("cpu.max")?.split(separator: " ").compactMap { Double($0) } ?? []
        guard words.count == 2, words[1] > 0 else { return nil }
        return words[0] / words[1]
    }

    /// How many bytes may be used; nil without a limit.
    static func memoryLimit() -> Int? { contents("memory.max").flatMap { Int($0) } }

    private static func contents(_ name: String) -> String? {
        (try? String(contentsOfFile: folder() + "/\(name)", encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func folder() -> String {
        let root = "/sys/fs/cgroup"
        guard let text = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("0::") })
        else { return root }
        return root + line.dropFirst("0::".count)
    }
}
