import Foundation

/// Shared libraries of this process.
public enum LoadedLibraries {
    /// Files of OpenMP runtimes that are loaded now; with more than one, each has a team of threads of its own.
    public static func openMPRuntimes() -> [String] {
        let names = ["libomp.", "libgomp.", "libiomp5."]
        return paths().filter { path in
            let file = URL(fileURLWithPath: path).lastPathComponent
            return names.contains { file.hasPrefix($0) || file.hasPrefix($0.dropLast() + "-") }
        }
    }

    /// All mapped files of code, each once, in order of their addresses.
    private static func paths() -> [String] {
        // The kernel gives such a file page by page; reading it at once would end after the first one.
        guard let bytes = try? FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd() else { return [] }
        let text = String(decoding: bytes, as: UTF8.self)
        var seen: Set<String> = []
        return text.split(separator: "\n").compactMap { line in
            // Address, permissions, offset, device, inode, path.
            let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard words.count == 6, words[1].contains("x") else { return nil }
            let path = words[5].trimmingCharacters(in: .whitespaces)
            guard path.hasPrefix("/") else { return nil }
            return seen.insert(path).inserted ? path : nil
        }
    }
}
