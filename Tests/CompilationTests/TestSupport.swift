import Foundation
import Graph
import Passes
import Runtime
import Synchronization
import Testing

/// A small random number generator (SplitMix64), the same on every machine.
struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    mutating func uniform(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }
    mutating func integer(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
    mutating func choose<Element>(_ elements: [Element]) -> Element { elements[integer(0...elements.count - 1)] }

    /// Anything that the element type can hold, of moderate size.
    mutating func tensor(_ type: TensorType) -> Tensor {
        let elements = (0..<type.elementCount).map { _ in
            switch type.elementType {
            case .f32, .f64: uniform(-2...2)
            case .i32: Double(integer(-9...9))
            case .bool: Double(integer(0...1))
            }
        }
        return Tensor(type, elements)
    }

    /// A tensor for each input of a graph, in order.
    mutating func inputs(_ graph: Graph) -> [Tensor] {
        var tensors: [Tensor] = []
        for input in graph.inputs { tensors.append(tensor(graph.type(of: input.value))) }
        return tensors
    }
}

extension Graph {
    /// A graph from what stands between its braces.
    static func parsed(_ body: String, name: String = "test") throws(Diagnostic) -> Graph {
        try GraphParser.parse("dg 1 graph\ngraph @\"\(name)\" {\n\(body)\n}\n", file: name)
    }

    func run(_ inputs: [Tensor]) throws(Diagnostic) -> [Tensor] { try Interpreter().run(self, inputs) }
}

extension Tensor {
    /// Equal to the bit, but for which NaN it is.
    func isIdentical(to other: Tensor) -> Bool {
        type == other.type
            && zip(elements, other.elements).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
    }

    /// The largest difference, in units of the largest element of both, but at least of `floor`.
    func distance(to other: Tensor, floor: Double = 0) -> Double {
        guard type == other.type else { return .infinity }
        var (difference, size) = (0.0, floor)
        for (a, b) in zip(elements, other.elements) where a != b && !(a.isNaN && b.isNaN) {
            difference = max(difference, (a - b).isFinite ? abs(a - b) : .infinity)
        }
        for element in elements + other.elements where element.isFinite { size = max(size, abs(element)) }
        return difference == 0 ? 0 : difference / size
    }
}

/// A plan in memory: compiled, loaded, and without files.
final class CompiledPlan: Sendable {
    let entries: [PlanCompiler.Entry]
    /// How many parts the source can be compiled in.
    let parts: Int
    private let instance: Mutex<PlanInstance>

    /// Every graph becomes an entry.
    ///
    /// - Parameter isWhole: compiles the source as one part instead of side by side.
    convenience init(_ graphs: [Graph], unfused: Bool = false, isWhole: Bool = false) throws {
        var options = PlanCompiler.Options()
        (options.unfused, options.noReuse) = (unfused, unfused)
        try self.init(graphs.map { (PlanCompiler(options: options), $0) }, isWhole: isWhole)
    }

    /// Every graph becomes an entry by its own compiler.
    ///
    /// - Parameters:
    ///   - flags: given to the C compiler after its own.
    ///   - threads: the largest number of threads of a run.
    init(_ graphs: [(PlanCompiler, Graph)], flags: [String] = [], threads: Int = 3, isWhole: Bool = false) throws {
        let result = try PlanCompiler.compile(graphs)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dg-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // The loaded library stays when its file is gone.
        defer { try? FileManager.default.removeItem(at: folder) }
        let (source, library) = (folder.appendingPathComponent("kernels.c").path, folder.appendingPathComponent("kernels.so").path)
        try result.source.write(toFile: source, atomically: false, encoding: .utf8)
        var compiler = try CCompiler.find()
        compiler.flags += flags
        try compiler.compile(source: source, library: library, parts: isWhole ? 1 : result.parts)
        entries = result.entries
        parts = result.parts
        instance = Mutex(try PlanInstance(programs: result.entries.map(\.program), libraryPath: library, threads: threads))
    }

    /// Sets inputs in order, as far as given, runs an entry, and returns its outputs in order.
    /// - Parameter ranges: the steps of each call; without it, one call runs all.
    func run(_ entry: Int, _ inputs: [Tensor], threads: Int, ranges: [Range<Int>]? = nil) throws -> [Tensor] {
        try instance.withLock { instance in
            let program = instance.programs[entry]
            for (binding, tensor) in zip(program.inputs, inputs) { try instance.set(binding.name, entry: entry, to: tensor.elements) }
            try #require(threads <= instance.threads)
            if let ranges {
                for range in ranges { try instance.run(entry: entry, steps: range) }
            } else {
                try instance.run(entry: entry, threads: threads)
            }
            return try program.outputs.map { binding in
                Tensor(program.slices[binding.slice].type, try instance.output(binding.name, entry: entry))
            }
        }
    }
}
