import Graph
import Passes
import Runtime

extension EntryPrediction {
    /// What the cost model says of an entry's kernel functions.
    init(_ entry: PlanCompiler.Entry, rates: MachineRates = .avx512) {
        let entryBytes = Double(Region.allCases.reduce(0) { $0 + PlanInstance.bytes(of: $1, entry.program) })
        let kernels = entry.costs.sorted { $0.key < $1.key }.map { name, cost in
            Kernel(
                function: name, multiplyAdds: cost.multiplyAdds, elementOperations: cost.elementOperations,
                bytes: cost.bytes, seconds: rates.seconds(cost, entryBytes: entryBytes))
        }
        self.init(kernels: kernels, barrierSeconds: rates.barrier)
    }
}
