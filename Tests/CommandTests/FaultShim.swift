import Foundation
import Testing

/// A library that is loaded before all others and lets one chosen call fail once.
///
/// Only calls on files below some paths count, found by the path or by what the descriptor stands for, and all that ask for memory.
struct FaultShim {
    let library: String

    /// What may fail.
    enum Call: String, CaseIterable {
        /// Files are written. `close` fails after the file is closed; `unlink` is `rmdir`, too.
        case open, write, pwrite, mkdir, unlink, fsync, rename, truncate
        /// Files are looked at. `stat` is all of its family, `list` opens a folder for its names.
        case openToRead, read, stat, list, map, close
        /// Memory of a plan's region.
        case region
        /// Other memory: less than 256 bytes, less than 16 KiB, and more.
        case small, medium, large
    }

    /// How often a call came, in all and before the folder of the run was made.
    struct Count {
        var all: Int
        var early: Int
    }

    enum Failure: Hashable {
        case error(Int32)
        /// Half of the bytes are read or written, as when a disk becomes full on the way.
        case short

        var text: String {
            switch self {
            case .error(let number): "\(number)"
            case .short: "short"
            }
        }
    }

    init(in folder: TemporaryFolder) throws {
        let source = try folder.write(Self.source, as: "faults.c")
        library = folder.path("faults.so")
        let manifest = try JSONText(String(contentsOfFile: Fixtures.graphPlan() + "/manifest.json", encoding: .utf8))
        let compiler = Process()
        compiler.executableURL = URL(
            fileURLWithPath: (manifest.members["compiler"] as? [String: Any])?["path"] as? String ?? "/usr/bin/cc")
        compiler.arguments = ["-O1", "-shared", "-fPIC", source, "-o", library, "-ldl"]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
    }

    /// A call, counted from one, and how it fails.
    struct Fault: CustomStringConvertible {
        var call: Call
        var number: Int
        var failure: Failure

        init(_ call: Call, _ number: Int, _ failure: Failure) { (self.call, self.number, self.failure) = (call, number, failure) }

        var description: String { "\(call) number \(number) fails with \(failure.text)" }
    }

    /// The environment in which a call fails once, or in which calls are only counted.
    func environment(
        under paths: [String], _ fault: Fault? = nil, counts: String? = nil
    ) -> [String: String] {
        // Descriptors are known by where they lead to, so both ways to the same file are told.
        let real = paths.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path }
        var environment = ["LD_PRELOAD": library, "DG_FAULT_UNDER": (paths + real).joined(separator: ":")]
        environment["DG_FAULT_COUNTS"] = counts
        if let fault {
            environment["DG_FAULT_CALL"] = fault.call.rawValue
            environment["DG_FAULT_NUMBER"] = "\(fault.number)"
            environment["DG_FAULT_FAILURE"] = fault.failure.text
        }
        return environment
    }

    /// How often each call came, as a run has written it.
    static func counts(_ file: String) throws -> [Call: Count] {
        var counts: [Call: Count] = [:]
        for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
            let words = line.split(separator: " ")
            try #require(words.count == 3)
            let call = try #require(Call(rawValue: String(words[0])))
            counts[call] = try Count(all: #require(Int(words[1])), early: #require(Int(words[2])))
        }
        return counts
    }
}
