/// How fast one core is, for predictions; a class of machines, not the one that compiles, so that equal plans say the same.
public struct MachineRates: Hashable, Sendable {
    /// Multiply-adds per second of the BLAS on matrices that keep it busy.
    public var libraryProducts: Double
    /// Multiply-adds per second of loops over vector registers, on a tile.
    public var tileProducts: Double
    /// Multiply-adds per second of plain loops.
    public var loopProducts: Double
    /// Additions per second of vector loops, operands in the first-level cache.
    public var additions: Double
    /// Bytes per second where all that an entry touches stays in the last-level cache.
    public var cacheBandwidth: Double
    /// Bytes per second where it does not.
    public var memoryBandwidth: Double
    /// Bytes that stay in the cache from one step to the next.
    public var cacheBytes: Double
    /// Seconds to begin a call of the BLAS.
    public var libraryCall: Double
    /// Seconds to begin an operation on a tile.
    public var tileStart: Double
    /// Seconds to begin a loop nest.
    public var loopStart: Double
    /// Seconds that a step takes before its kernel does anything.
    public var step: Double
    /// Seconds of a barrier between epochs, with more than one thread.
    public var barrier: Double

    /// A core with AVX-512: an AMD EPYC (Zen 5), OpenBLAS 0.3.21 with its SkylakeX kernels, f32.
    ///
    /// Measured on one thread, the minimum of many repetitions: costs of operations on 2048 elements in the first-level cache,
    /// bandwidths by sums of arrays of growing size, and the other constants by least squares of relative errors over the
    /// kernels that `dgrun bench --per-kernel` shows for a model's training step and for Sinkhorn iterations.
    public static let avx512 = MachineRates(
        libraryProducts: 100e9, tileProducts: 100e9, loopProducts: 30e9, additions: 42e9, cacheBandwidth: 110e9,
        memoryBandwidth: 45e9, cacheBytes: 24e6, libraryCall: 1e-6, tileStart: 40e-9, loopStart: 5e-9, step: 100e-9,
        barrier: 400e-9)

    /// What one thread needs for a kernel: its arithmetic or its bytes, whichever takes longer, and the beginning.
    ///
    /// - Parameter entryBytes: all that the entry touches in a run; where that does not fit into the cache, no operand is there.
    public func seconds(_ cost: KernelCost, entryBytes: Double) -> Double {
        let bandwidth = entryBytes <= cacheBytes ? cacheBandwidth : memoryBandwidth
        return step + max(arithmeticSeconds(cost), cost.bytes / bandwidth)
    }

    private func arithmeticSeconds(_ cost: KernelCost) -> Double {
        let (products, start): (Double, Double) =
            switch cost.products {
            case .library: (libraryProducts, libraryCall)
            case .tiles: (tileProducts, tileStart)
            case .loops: (loopProducts, loopStart)
            }
        return cost.multiplyAdds / products + cost.elementOperations / additions + cost.starts * start
    }
}
