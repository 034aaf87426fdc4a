import Foundation
import Graph

/// The processor that a plan's code was generated for.
public struct TargetMachine: Codable, Hashable, Sendable {
    public var architecture: String
    /// Vector and arithmetic extensions that the code may use, sorted.
    public var features: [String]

    public init(architecture: String, features: [String]) {
        self.architecture = architecture
        self.features = features
    }

    /// This machine.
    public static func current() -> TargetMachine {
        #if arch(x86_64)
            let architecture = "x86_64"
        #elseif arch(arm64)
            let architecture = "arm64"
        #else
            let architecture = "unknown"
        #endif
        return TargetMachine(architecture: architecture, features: currentFeatures())
    }

    /// Extensions that `-march=native` may use; others in the kernel's list say nothing about code.
    private static func isRelevant(_ flag: Substring) -> Bool {
        let exact: Set<Substring> = ["fma", "f16c", "bmi1", "bmi2", "popcnt", "abm", "movbe", "gfni", "asimd", "sve", "sve2"]
        return exact.contains(flag) || flag.hasPrefix("avx") || flag.hasPrefix("sse4") || flag.hasPrefix("ssse")
    }

    private static func currentFeatures() -> [String] {
        guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("flags") || $0.hasPrefix("Features") }),
            let flags = line.split(separator: ":").last
        else { return [] }
        return flags.split(separator: " ").filter(isRelevant).map(String.init).sorted()
    }

    /// - Throws: `plan.processor`, naming what this machine lacks.
    func check(runsOn machine: TargetMachine, plan: String) throws(Diagnostic) {
        guard architecture == machine.architecture else {
            throw Diagnostic(
                "plan.processor", plan, "the plan was compiled for another processor; compile it here",
                expected: machine.architecture, found: architecture)
        }
        let missing = features.filter { !machine.features.contains($0) }
        guard missing.isEmpty else {
            throw Diagnostic(
                "plan.processor", plan, "the plan uses instructions that this processor lacks; compile it here",
                expected: "only what this processor has", found: missing.joined(separator: " "))
        }
    }
}
