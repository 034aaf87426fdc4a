import Foundation
import Graph

/// Runs the C compiler that turns a plan's kernels into a shared library.
public struct CCompiler: Sendable {
    public let path: String
    /// The first line that the compiler says of itself.
    public let version: String
    /// What sources are compiled with, in order, without file names; of flags that contradict each other the last one counts.
    public var flags: [String]
    /// What objects are linked with, after their names.
    public let linkFlags: [String]
    /// Whether the library shares its work over threads.
    public let isThreaded: Bool

    /// Finds a compiler: the one named by `DG_CC`, the toolchain's clang beside `swift`, else `clang` or `cc` on the path.
    ///
    /// - Throws: `compiler.missing` if there is none, `compiler.failed` if it does not answer.
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
        // A program that does not even say its version fails here, before anybody waits for it.
        let version = try CCompilerRun(path, ["--version"], in: ".").output()
        return CCompiler(
            path: path, version: version.split(separator: "\n").first.map(String.init) ?? "unknown", openMP: openMPLibrary())
    }

    private init(path: String, version: String, openMP: String?) {
        self.path = path
        self.version = version
        var flags = [
            "-std=gnu11", "-O3", "-march=native", "-ffp-contract=on", "-fno-math-errno", "-fno-trapping-math", "-fwrapv",
            "-fPIC", "-w",
        ]
        let isClang = version.contains("clang")
        if isClang {
            // Tiles are long sequences of short loops: fully unrolled they leave the instruction cache, and compile slowly.
            flags += ["-mprefer-vector-width=512", "-mllvm", "-unroll-threshold=150", "-mllvm", "-unroll-partial-threshold=60"]
        }
        isThreaded = openMP != nil || !isClang
        if isClang, openMP != nil { flags.append("-fopenmp=libomp") }
        if !isClang { flags.append("-fopenmp") }
        self.flags = flags
        // clang would look for a libomp of its own if it linked with -fopenmp.
        linkFlags = ["-shared", "-lm"] + (isClang ? openMP.map { [$0] } ?? [] : ["-fopenmp"])
    }

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
    /// - Parameter parts: how many parts of the file are compiled side by side, each with `DG_PART` defined as its number.
    /// - Throws: `compiler.failed` with the compiler's first message.
    public func compile(source: String, library: String, parts: Int = 1) throws(Diagnostic) {
        let (source, library) = (URL(fileURLWithPath: source), URL(fileURLWithPath: library))
        let folder = library.deletingLastPathComponent().path
        // Names without a folder: messages then show what the user will find in the plan.
        let input = source.deletingLastPathComponent().path == folder ? source.lastPathComponent : source.path
        let objects = (0..<parts).map { "\(library.lastPathComponent).\($0).o" }
        defer { for object in objects { try? FileManager.default.removeItem(atPath: "\(folder)/\(object)") } }
        let runs = objects.enumerated().map { part, object in
            let definition = parts == 1 ? [] : ["-DDG_PART=\(part)"]
            return CCompilerRun(path, flags + definition + ["-c", input, "-o", object], in: folder)
        }
        try CCompilerRun.runSideBySide(runs)
        _ = try CCompilerRun(path, objects + ["-o", library.lastPathComponent] + linkFlags, in: folder).output()
    }
}
