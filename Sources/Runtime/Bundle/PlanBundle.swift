import Data
import Foundation
import Graph

/// A compiled plan on disk: the folder `NAME.plan` with programs as text, kernels as source and library, and a manifest.
public struct PlanBundle: Sendable {
    public let path: String
    public var manifest: PlanManifest
    public var programs: [Program]

    private static let programFile = "program.dg"
    private static let sourceFile = "kernels.c"
    private static let libraryFile = "kernels.so"
    private static let manifestFile = "manifest.json"

    public var libraryPath: String { "\(path)/\(Self.libraryFile)" }
    public var sourcePath: String { "\(path)/\(Self.sourceFile)" }

    /// Writes a bundle: everything goes to a folder beside it, which then takes its name, so that no half plan is left.
    ///
    /// - Parameter compile: turns the source file into the library file.
    /// - Throws: `plan.write`, or what `compile` throws; then nothing remains.
    public static func write(
        to path: String, manifest: PlanManifest, programs: [Program], source: String,
        compile: (_ source: String, _ library: String) throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> PlanBundle {
        let temporary = "\(path).\(ProcessInfo.processInfo.processIdentifier).partial"
        do {
            try refuseForeign(path)
            try fileOperation(path) { try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true) }
            try write(Program.text(of: programs), "\(temporary)/\(programFile)", path)
            try write(source, "\(temporary)/\(sourceFile)", path)
            try compile("\(temporary)/\(sourceFile)", "\(temporary)/\(libraryFile)")
            var manifest = manifest
            for file in [programFile, sourceFile, libraryFile] {
                manifest.files[file] = try fingerprint("\(temporary)/\(file)")
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let json = try fileOperation(path) { try encoder.encode(manifest) }
            try write(String(decoding: json, as: UTF8.self) + "\n", "\(temporary)/\(manifestFile)", path)
            try replace(path, by: temporary)
            return PlanBundle(path, manifest, programs)
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
    }

    /// An existing folder is only replaced if it is a plan.
    private static func refuseForeign(_ path: String) throws(Diagnostic) {
        guard FileManager.default.fileExists(atPath: path),
            !FileManager.default.fileExists(atPath: "\(path)/\(manifestFile)")
        else { return }
        throw Diagnostic("plan.write", path, "something that is not a plan stands there", expected: "a plan or nothing")
    }

    private static func replace(_ path: String, by temporary: String) throws(Diagnostic) {
        let old = "\(temporary).old"
        try fileOperation(path) {
            if FileManager.default.fileExists(atPath: path) { try FileManager.default.moveItem(atPath: path, toPath: old) }
            try FileManager.default.moveItem(atPath: temporary, toPath: path)
            try? FileManager.default.removeItem(atPath: old)
        }
    }

    private static func write(_ text: String, _ file: String, _ plan: String) throws(Diagnostic) {
        try fileOperation(plan) { try text.write(toFile: file, atomically: false, encoding: .utf8) }
    }

    private static func fileOperation<Result>(_ path: String, _ body: () throws -> Result) throws(Diagnostic) -> Result {
        do {
            return try body()
        } catch {
            throw Diagnostic("plan.write", path, "the plan cannot be written: \(error.localizedDescription)")
        }
    }

    private init(_ path: String, _ manifest: PlanManifest, _ programs: [Program]) {
        self.path = path
        self.manifest = manifest
        self.programs = programs
    }

    // MARK: Reading

    /// Opens a bundle and checks that it is whole, unchanged and made for this processor.
    public init(path: String) throws(Diagnostic) {
        self.path = path
        let bytes = try Self.read("\(path)/\(Self.manifestFile)", plan: path)
        do {
            manifest = try JSONDecoder().decode(PlanManifest.self, from: bytes)
        } catch {
            throw Diagnostic("plan.manifest", "\(path)/\(Self.manifestFile)", "the manifest cannot be read: \(Self.reason(error))")
        }
        guard manifest.format == PlanManifest.currentFormat else {
            throw Diagnostic(
                "plan.format", path, "the plan has another format; compile it again",
                expected: "\(PlanManifest.currentFormat)", found: "\(manifest.format)")
        }
        try manifest.target.check(runsOn: .current(), plan: path)
        for file in [Self.programFile, Self.sourceFile, Self.libraryFile] {
            let found = try Self.fingerprint("\(path)/\(file)")
            guard manifest.files[file] == found else {
                throw Diagnostic(
                    "plan.hash", "\(path)/\(file)", "the file is not the one that was compiled",
                    expected: "fingerprint \(manifest.files[file] ?? "in the manifest")", found: found)
            }
        }
        let text = String(decoding: try Self.read("\(path)/\(Self.programFile)", plan: path), as: UTF8.self)
        programs = try Program.parseAll(text, file: "\(path)/\(Self.programFile)")
        try checkEntries()
    }

    private func checkEntries() throws(Diagnostic) {
        guard manifest.entries.map(\.name) == programs.map(\.name) else {
            throw Diagnostic(
                "plan.entries", path, "manifest and programs name the same entries",
                expected: manifest.entries.map(\.name).joined(separator: ", "),
                found: programs.map(\.name).joined(separator: ", "))
        }
        for program in programs { try ProgramVerifier.verify(program) }
        // Sizes from a file are multiplied later.
        for parameter in manifest.parameters {
            try checkType(TensorType(.f32, Shape(parameter.shape)), subject: parameter.name)
        }
    }

    private func checkType(_ type: TensorType, subject: String) throws(Diagnostic) {
        _ = try inferTypes(.constant(type, .splat(0)), [])
    }

    private static func read(_ file: String, plan: String) throws(Diagnostic) -> Foundation.Data {
        guard FileManager.default.fileExists(atPath: plan) else {
            throw Diagnostic("plan.missing", plan, "there is no such plan")
        }
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw Diagnostic("plan.incomplete", file, "the plan lacks this file", expected: "a folder written by dgc compile")
        }
        return bytes
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "key \(key.stringValue) is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "wrong type at \(context.codingPath.map(\.stringValue).joined(separator: "."))"
        default: "it is not valid JSON"
        }
    }

    /// FNV-1a of 64 bits: guards against mixed-up and damaged files, not against malice.
    static func fingerprint(_ file: String) throws(Diagnostic) -> String {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw Diagnostic("plan.incomplete", file, "the plan lacks this file", expected: "a folder written by dgc compile")
        }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        bytes.withUnsafeBytes { buffer in
            for byte in buffer { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        }
        return String(hash, radix: 16)
    }
}
