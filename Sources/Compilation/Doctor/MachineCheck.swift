import Foundation
import Graph
import Passes
import Runtime

/// Looks at everything on a machine that compiling and running plans needs, and tries it.
public struct MachineCheck {
    /// Environment variables that change how plans are compiled or run.
    private static let variables = [
        "DG_BLAS", "DG_CC", "OPENBLAS_CORETYPE", "OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OMP_WAIT_POLICY", "OMP_PROC_BIND",
        "OMP_PLACES", "OMP_DYNAMIC", "KMP_AFFINITY", "KMP_BLOCKTIME", "KMP_USE_YIELD", "GOMP_CPU_AFFINITY", "LD_PRELOAD",
    ]
    private let environment: [String: String]

    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.environment = environment
    }

    /// All findings, in the order in which they matter.
    public func findings() -> [Finding] {
        let trial = PlanTrial().result()
        return [ProcessorCheck().finding(), MemoryCheck().finding(), compilerFinding()] + blasFindings()
            + (trial.runtimes.map { [openMPFinding($0)] } ?? []) + environmentFindings() + [trial.finding]
    }

    private func compilerFinding() -> Finding {
        let subject = "C compiler"
        do throws(Diagnostic) {
            let compiler = try CCompiler.find()
            let found = "\(compiler.version), \(compiler.path)"
            guard compiler.isThreaded else {
                return Finding(
                    subject, .warning, "\(found): without OpenMP, so plans run on one thread",
                    advice: "install libomp (Debian: apt-get install libomp-dev)")
            }
            guard compiler.version.contains("clang") else {
                return Finding(
                    subject, .warning, "\(found): not clang, which makes the faster code", advice: "install clang, or name one with DG_CC")
            }
            return Finding(subject, found)
        } catch {
            return Finding(subject, .bad, error.description, advice: "install clang, or name a compiler with DG_CC")
        }
    }

    private func blasFindings() -> [Finding] {
        let subject = "BLAS"
        do throws(Diagnostic) {
            let probe = try BlasProbe()
            let speed = Finding(
                "matrix products", String(format: "%.0f GFLOP/s of 32-bit floats on one thread", probe.productSpeed()))
            let version = probe.configuration.split(separator: " ").prefix(2).joined(separator: " ")
            guard !probe.coreName.isEmpty else {
                return [
                    Finding(
                        subject, .warning, "\(probe.path): not OpenBLAS; whether it uses threads of its own is not known",
                        advice: "install OpenBLAS (Debian: apt-get install libopenblas-dev)"), speed,
                ]
            }
            let found = "\(version), kernels \(probe.coreName), \(probe.path)"
            let better = ProcessorCheck.betterKernels(than: probe.coreName, features: TargetMachine.current().features)
            guard let better else { return [Finding(subject, found), speed] }
            return [
                Finding(
                    subject, .warning, "\(found): not the fastest that this processor can run",
                    advice: "set OPENBLAS_CORETYPE=\(better)"), speed,
            ]
        } catch {
            return [
                Finding(
                    subject, .bad, error.description, advice: "install OpenBLAS (Debian: apt-get install libopenblas-dev)")
            ]
        }
    }

    private func openMPFinding(_ runtimes: [String]) -> Finding {
        let subject = "OpenMP"
        guard !runtimes.isEmpty else {
            return Finding(
                subject, .warning, "no runtime is loaded: plans run on one thread",
                advice: "install libomp (Debian: apt-get install libomp-dev)")
        }
        guard runtimes.count == 1 else {
            return Finding(
                subject, .warning, "\(runtimes.count) runtimes are loaded, whose threads stand in each other's way: "
                    + runtimes.joined(separator: ", "),
                advice: "use a BLAS without OpenMP (Debian: libopenblas0-pthread), and preload none")
        }
        return Finding(subject, runtimes[0])
    }

    private func environmentFindings() -> [Finding] {
        let set = Self.variables.compactMap { name in environment[name].map { "\(name)=\($0)" } }
        return set.isEmpty ? [] : [Finding("environment", set.joined(separator: " "))]
    }
}
