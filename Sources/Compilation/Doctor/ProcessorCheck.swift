import Foundation
import Runtime

/// The processor, and how much of it this process may use.
struct ProcessorCheck {
    func finding() -> Finding {
        let machine = TargetMachine.current()
        let all = ProcessInfo.processInfo.processorCount
        let usable = ProcessInfo.processInfo.activeProcessorCount
        let quota = ControlGroup.processorQuota()
        let widest = Self.widestVectors(machine.features)
        var found = "\(Self.modelName() ?? "unknown model"), \(machine.architecture), \(usable) of \(all) processors, \(widest)"
        guard let quota, quota < Double(usable) else { return Finding("processor", found) }
        found += String(format: "; the control group allows the time of %.1f", quota)
        return Finding(
            "processor", .warning, found, advice: "run with --threads \(max(1, Int(quota))): threads that wait for time hold up the others")
    }

    private static func widestVectors(_ features: [String]) -> String {
        let known = [("avx512f", "AVX-512"), ("avx2", "AVX2"), ("avx", "AVX"), ("sve", "SVE"), ("asimd", "NEON")]
        return known.first { features.contains($0.0) }?.1 ?? "no vector extensions that are known here"
    }

    private static func modelName() -> String? {
        guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("model name") })
        else { return nil }
        return line.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
    }

    /// Kernels of OpenBLAS that are faster than those it chose; nil where it chose well.
    static func betterKernels(than coreName: String, features: [String]) -> String? {
        let wide: Set = ["skylakex", "cooperlake", "sapphirerapids", "zen4", "zen5"]
        let middle: Set = ["haswell", "zen", "excavator"]
        let name = coreName.lowercased()
        if features.contains("avx512f") { return wide.contains(name) ? nil : "SKYLAKEX" }
        if features.contains("avx2") { return wide.contains(name) || middle.contains(name) ? nil : "HASWELL" }
        return nil
    }
}
