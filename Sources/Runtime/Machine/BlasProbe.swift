import CRuntime
import Graph

/// The BLAS that plans call on this machine, and how fast it is.
public struct BlasProbe {
    /// The file that it was loaded from.
    public let path: String
    /// What it says of itself, beginning with its name and version; empty where it is not OpenBLAS.
    public let configuration: String
    /// The kernels that it chose for this processor; empty where it is not OpenBLAS.
    public let coreName: String
    private let blas: dg_blas

    /// - Throws: `blas.missing`, with the loader's own words.
    public init() throws(Diagnostic) {
        blas = try KernelLibrary.loadBLAS()
        path = String(cString: dg_blas_path())
        configuration = String(cString: dg_blas_configuration())
        coreName = KernelLibrary.coreName
    }

    private static let extent = 768
    private static let rounds = 8

    /// The speed of a large product on one thread, in 10⁹ operations a second: the best of a few rounds.
    public func productSpeed() -> Double {
        let (extent, rounds) = (Self.extent, Self.rounds)
        let count = extent * extent
        let a = [Float](repeating: 0.5, count: count)
        let b = [Float](repeating: 0.25, count: count)
        var c = [Float](repeating: 0, count: count)
        let (rowMajor, notTransposed, size) = (Int32(101), Int32(111), Int32(extent))
        var best = Double.infinity
        for _ in 0..<rounds {
            let start = ContinuousClock().now
            blas.sgemm(rowMajor, notTransposed, notTransposed, size, size, size, 1, a, size, b, size, 0, &c, size)
            let duration = ContinuousClock().now - start
            best = min(best, Double(duration.components.attoseconds) * 1e-18 + Double(duration.components.seconds))
        }
        return 2 * Double(count * extent) / best * 1e-9
    }
}
