import Foundation
import Graph

/// Runs the C compiler that turns a plan's kernels into a shared library.
public struct CCompiler: Sendable {
    public let path: String
    /// The first line that the compiler says of itself.
    public let version: String
    /// What the library was compiled with, in order, without file names.
    public let flags: [String]
    /// Whether the library shares its work over threads.
    public let isThreaded: Bool

    /// Finds a compiler: the one named by `DG_CC`, the toolchain's clang beside `swift`, else `clang` or `cc` on the path.
    ///
    /// - Throws: `compiler.missing` if there is none.
    public static func find() throws(Diagnostic) -> CCompiler {
        let environment = ProcessInfo.processInfo.environment
        let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        var candidates: [String] = []
        if let chosen = environment["DG_CC"], !chosen.isEmpty {
            let places = chosen.contains("/") ? [chosen] : folders.map { "\($0)/\(chosen)" }
            guard let found = places.first(where: isExecutable) else {
                throw Diagnostic(
                    "compiler.missing", "DG_CC", "the C compiler that DG_CC names is not there", expected: "a program that can be run",
                    found: chosen)
            }
            candidates.append(found)
        }
        for folder in folders where isExecutable("\(folder)/swift") { candidates.append("\(folder)/clang") }
        for name in ["clang", "cc"] { candidates += folders.map { "\($0)/\(name)" } }
        guard let path = candidates.first(where: isExecutable) else {
            throw Diagnostic(
                "compiler.missing", "C compiler", "no C compiler was found", expected: "clang or cc on the path, or DG_CC")
        }
        let version = (try? output(path, ["--version"]))?.split(separator: "\n").first.map(String.init) ?? "unknown"
        return CCompiler(path: path, version: version, openMP: openMPLibrary())
    }

    private init(path: String, version: String, openMP: String?) {
        self.path = path
        self.version = version
        var flags = [
            "-std=gnu11", "-O3", "-march=native", "-ffp-contract=on", "-fno-math-errno", "-fno-trapping-math", "-fwrapv",
            "-fPIC", "-w",
        ]
        let isClang = version.contains("clang")
        if isClang { flags.append("-mprefer-vector-width=512") }
        isThreaded = openMP != nil || !isClang
        if isClang, openMP != nil { flags.append("-fopenmp=libomp") }
        if !isClang { flags.append("-fopenmp") }
        self.flags = flags
        linkFlags = ["-shared", "-lm"] + (isClang ? openMP.map { [$0] } ?? [] : [])
    }

    private let linkFlags: [String]

    /// Debian's LLVM OpenMP runtime; linked by path because the toolchain's clang does not search for it.
    private static func openMPLibrary() -> String? {
        let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib"]
        let llvm = (14...22).reversed().map { "/usr/lib/llvm-\($0)/lib" }
        for folder in folders + llvm {
            for name in ["libomp.so.5", "libomp.so"] where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
                return "\(folder)/\(name)"
            }
        }
        return nil
    }

    private static func isExecutable(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// Compiles one source file into a shared library.
    ///
    /// - Throws: `compiler.failed` with the compiler's first message, as a compiler bug: generated code must compile.
    public func compile(source: String, library: String) throws(Diagnostic) {
        let object = library + ".o"
        defer { try? FileManager.default.removeItem(atPath: object) }
        let compiling = flags.filter { !$0.hasPrefix("-fopenmp") } + flags.filter { $0.hasPrefix("-fopenmp") }
        try run(compiling + ["-c", source, "-o", object], about: source)
        // clang would look for a libomp of its own if it linked with -fopenmp.
        let linking = version.contains("clang") ? [object, "-o", library] + linkFlags : [object, "-fopenmp", "-o", library] + linkFlags
        try run(linking, about: library)
    }

    private func run(_ arguments: [String], about subject: String) throws(Diagnostic) {
        do {
            _ = try Self.output(path, arguments)
        } catch {
            throw Diagnostic(
                "compiler.failed", subject, "the C compiler failed: \(error)", kind: .compilerBug)
        }
    }

    private struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private static func output(_ path: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self)
        guard process.terminationStatus == 0 else {
            throw Failure(description: text.split(separator: "\n").prefix(3).joined(separator: " | "))
        }
        return text
    }
}
