import Data
import Foundation
import Graph
import Testing

/// The files that the tests are given.
enum Fixture {
    static func path(_ name: String) throws -> String {
        try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/\(name)").path
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Foundation.Data(contentsOf: URL(fileURLWithPath: path(name))))
    }
}

/// A folder for one test, removed at its end.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("dg-data-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    var root: String { url.path }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func write(_ bytes: [UInt8], as name: String = "file") throws -> String {
        try Foundation.Data(bytes).write(to: url.appendingPathComponent(name))
        return path(name)
    }

    var fileNames: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
    }
}

/// The diagnostic that a body throws, or nil where it succeeds.
func diagnostic<Value>(_ body: () throws(Diagnostic) -> Value) -> Diagnostic? {
    do {
        _ = try body()
        return nil
    } catch {
        return error
    }
}

/// The bytes of little-endian numbers, for building files by hand.
func littleEndian<Value: FixedWidthInteger>(_ values: Value...) -> [UInt8] {
    values.flatMap { value in (0..<(Value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> Value(8 * $0)) } }
}

extension [UInt8] {
    /// The bytes with some of them replaced.
    func replacing(at offset: Int, with bytes: [UInt8]) -> [UInt8] {
        var result = self
        result.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
        return result
    }

    func firstOffset(of bytes: [UInt8]) -> Int? {
        indices.first { self[$0...].starts(with: bytes) }
    }
}

/// Reads every beginning of a file, and the file with each byte changed: the former must be refused, the latter must
/// be refused or read, and neither may end the process.
func expectRobustness<Value>(
    of bytes: [UInt8], _ read: (String) throws(Diagnostic) -> Value,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws {
    let folder = try TemporaryFolder()
    let whole = try folder.write(bytes)
    #expect(diagnostic { () throws(Diagnostic) in try read(whole) } == nil, sourceLocation: sourceLocation)
    for count in 0..<bytes.count {
        let path = try folder.write([UInt8](bytes.prefix(count)))
        let found = diagnostic { () throws(Diagnostic) in try read(path) }
        #expect(found != nil, "the first \(count) bytes were read", sourceLocation: sourceLocation)
        #expect(found?.subject.hasPrefix(path) ?? true, sourceLocation: sourceLocation)
    }
    for offset in bytes.indices {
        for value in [0, 0xff, bytes[offset] ^ 0x80, bytes[offset] &+ 1] {
            let path = try folder.write(bytes.replacing(at: offset, with: [value]))
            _ = diagnostic { () throws(Diagnostic) in try read(path) }
        }
    }
}

extension [UInt8] {
    init(contentsOf path: String) throws {
        self.init(try Foundation.Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
