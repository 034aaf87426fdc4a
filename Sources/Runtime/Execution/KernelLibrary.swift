import CRuntime
import Graph

/// A plan's compiled kernels and the BLAS that they call.
final class KernelLibrary {
    private let library: OpaquePointer
    private var blas: dg_blas

    /// - Throws: `plan.library` or `blas.missing`, with the loader's own words.
    init(path: String) throws(Diagnostic) {
        blas = try Self.loadBLAS()
        var message = [CChar](repeating: 0, count: 512)
        guard let library = dg_library_open(path, &message, message.count) else {
            throw Diagnostic("plan.library", path, "the compiled kernels cannot be loaded: \(Self.text(message))")
        }
        self.library = library
    }

    deinit { dg_library_close(library) }

    static func loadBLAS() throws(Diagnostic) -> dg_blas {
        var blas = dg_blas()
        var message = [CChar](repeating: 0, count: 512)
        guard dg_blas_load(&blas, &message, message.count) == 0 else {
            throw Diagnostic(
                "blas.missing", "BLAS", "no BLAS library can be loaded: \(text(message))",
                expected: "libopenblas.so.0 (Debian: apt-get install libopenblas-dev), or DG_BLAS naming a library with cblas_sgemm")
        }
        return blas
    }

    private static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Bytes that each thread needs in the region after the workspace.
    var threadScratchBytes: Int { dg_library_thread_scratch(library) }

    /// The BLAS's name for its kernels on this processor.
    static var coreName: String { String(cString: dg_blas_core_name()) }

    /// Runs one entry, or a range of its steps; memory regions stand in the order of `Region.index`.
    func run(entry: Int, steps: Range<Int>? = nil, regions: [MemoryRegion], threads: Int) throws(Diagnostic) {
        var request = Self.request(steps)
        try run(entry, &request, regions, threads)
    }

    /// Runs one entry until an epoch leaves numbers that are not finite in one of the spans, which stand in order of epochs.
    ///
    /// - Returns: the number of a span with such numbers; nil if there is none.
    func run(entry: Int, checking spans: [dg_span], regions: [MemoryRegion], threads: Int) throws(Diagnostic) -> Int? {
        var request = Self.request(nil)
        do {
            try spans.withUnsafeBufferPointer { buffer in
                request.spans = buffer.baseAddress
                request.span_count = UInt32(buffer.count)
                try run(entry, &request, regions, threads)
            }
        } catch let diagnostic as Diagnostic {
            throw diagnostic
        } catch {
            throw Diagnostic("plan.entry", "kernel library", "\(error)", kind: .compilerBug)
        }
        return request.found == 0 ? nil : Int(request.found) - 1
    }

    /// Runs one entry and returns, for each thread and step, when it started and ended, in seconds.
    func profile(entry: Int, regions: [MemoryRegion], threads: Int, steps: Int) throws(Diagnostic) -> [[StepTime]] {
        let times = UnsafeMutableBufferPointer<Double>.allocate(capacity: 2 * steps * threads)
        defer { times.deallocate() }
        times.initialize(repeating: 0)
        var request = Self.request(nil)
        request.times = times.baseAddress
        try run(entry, &request, regions, threads)
        return (0..<threads).map { thread in
            (0..<steps).map { step in
                let position = 2 * (thread * steps + step)
                return StepTime(start: times[position], end: times[position + 1])
            }
        }
    }

    private static func request(_ steps: Range<Int>?) -> dg_request {
        var request = dg_request()
        request.first = UInt32(steps?.lowerBound ?? 0)
        request.end = steps.map { UInt32($0.upperBound) } ?? .max
        return request
    }

    private func run(
        _ entry: Int, _ request: inout dg_request, _ regions: [MemoryRegion], _ threads: Int
    ) throws(Diagnostic) {
        let pointers: [UnsafeMutableRawPointer?] = regions.map(\.base)
        try check(dg_library_run(library, UInt32(entry), &request, pointers, &blas, Int32(threads)), entry)
    }

    private func check(_ status: Int32, _ entry: Int) throws(Diagnostic) {
        guard status == 0 else {
            throw Diagnostic("plan.entry", "kernel library", "has no entry number \(entry)", kind: .compilerBug)
        }
    }
}

/// When one thread began and finished its share of a step, in seconds of the monotonic clock.
public struct StepTime: Hashable, Sendable {
    public var start: Double
    public var end: Double
}
