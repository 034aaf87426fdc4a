import Foundation

/// Memory that plans can use.
struct MemoryCheck {
    /// Below this the larger models do not train.
    private static let wanted = 512 << 20

    func finding() -> Finding {
        let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        let available = Self.available() ?? physical
        let limit = ControlGroup.memoryLimit().map { min($0, physical) }
        var found = "\(Self.text(physical)), \(Self.text(available)) available"
        if let limit, limit < physical { found += "; the control group allows \(Self.text(limit))" }
        guard min(available, limit ?? physical) >= Self.wanted else {
            return Finding("memory", .warning, found, advice: "dgc compile --max-memory says what a plan needs")
        }
        return Finding("memory", found)
    }

    private static func available() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        return kibibytes * 1024
    }

    private static func text(_ bytes: Int) -> String { String(format: "%.1f GiB", Double(bytes) / Double(1 << 30)) }
}
