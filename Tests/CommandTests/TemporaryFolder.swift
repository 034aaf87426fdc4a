import Foundation

/// A folder for one test, removed at its end.
final class TemporaryFolder: Sendable {
    let root: String

    init() throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("dg-command-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: root)
    }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    /// Writes a text file and returns its path.
    func write(_ text: String, as name: String) throws -> String {
        try text.write(toFile: path(name), atomically: false, encoding: .utf8)
        return path(name)
    }

    func write(_ bytes: Foundation.Data, as name: String) throws -> String {
        try bytes.write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    /// Writes a shell script that can be executed.
    func writeScript(_ text: String, as name: String) throws -> String {
        let script = try write("#!/bin/sh\n\(text)\n", as: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        return script
    }

    func copy(_ original: String, as name: String) throws -> String {
        try FileManager.default.copyItem(atPath: original, toPath: path(name))
        return path(name)
    }

    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: root).sorted() }
    }
}

/// The bytes of a file.
func contents(_ path: String) throws -> Foundation.Data { try Foundation.Data(contentsOf: URL(fileURLWithPath: path)) }

func names(in folder: String) throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
