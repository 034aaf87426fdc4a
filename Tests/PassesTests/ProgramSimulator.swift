import Graph
import Passes

/// Runs a program with the interpreter as its kernels, over bytes that hold garbage at first.
///
/// The order of the steps within an epoch is free, so two orders must give the same.
struct ProgramSimulator {
    private let program: Program
    private let kernels: [String: KernelGraph.Kernel]
    private let reversed: Bool
    private var memory: [Region: [UInt8]] = [:]

    init(_ entry: PlanCompiler.Entry, reversed: Bool) {
        program = entry.program
        kernels = Dictionary(uniqueKeysWithValues: entry.kernels.kernels.map { ($0.name, $0) })
        self.reversed = reversed
        for region in Region.allCases {
            let bytes = program.slices.filter { $0.region == region }.map(\.byteRange.upperBound).max() ?? 0
            memory[region] = [UInt8](repeating: 0xA5, count: region == .workspace ? program.workspaceBytes : bytes)
        }
    }

    /// Runs on inputs in order and returns the outputs in order.
    mutating func run(_ inputs: [Tensor]) throws -> [Tensor] {
        for (binding, tensor) in zip(program.inputs, inputs) { write(tensor, binding.slice) }
        return try runAgain()
    }

    /// Runs on what is in memory, as after an update.
    mutating func runAgain() throws -> [Tensor] {
        for epoch in 0..<max(1, program.epochs) {
            let steps = program.steps.filter { $0.epoch == epoch }
            for step in reversed ? steps.reversed() : steps { try run(step) }
        }
        return program.outputs.map { read($0.slice) }
    }

    private mutating func run(_ step: Program.Step) throws {
        let operands = step.reads.map { read($0) }
        for scratch in step.writes.suffix(step.scratch) {
            let slice = program.slices[scratch]
            memory[slice.region]?.replaceSubrange(slice.byteRange, with: [UInt8](repeating: 0x5A, count: slice.byteRange.count))
        }
        let results: [Tensor]
        if let kernel = kernels[step.label] {
            results = try Interpreter().run(kernel.body, operands)
        } else {
            // The only other steps copy an update.
            results = operands
        }
        for (slice, result) in zip(step.writes.dropLast(step.scratch), results) { write(result, slice) }
    }

    private func read(_ index: Int) -> Tensor {
        let slice = program.slices[index]
        let bytes = Array((memory[slice.region] ?? [])[slice.byteRange])
        return Tensor(slice.type, bytes.withUnsafeBytes { raw in
            (0..<slice.type.elementCount).map { index in
                switch slice.type.elementType {
                case .f32: Double(raw.load(fromByteOffset: 4 * index, as: Float.self))
                case .f64: raw.load(fromByteOffset: 8 * index, as: Double.self)
                case .i32: Double(raw.load(fromByteOffset: 4 * index, as: Int32.self))
                case .bool: Double(raw[index])
                }
            }
        })
    }

    private mutating func write(_ tensor: Tensor, _ index: Int) {
        let slice = program.slices[index]
        var bytes: [UInt8] = []
        for element in tensor.elements {
            switch slice.type.elementType {
            case .f32: withUnsafeBytes(of: Float(element)) { bytes += $0 }
            case .f64: withUnsafeBytes(of: element) { bytes += $0 }
            case .i32: withUnsafeBytes(of: Int32(element)) { bytes += $0 }
            case .bool: bytes.append(element == 0 ? 0 : 1)
            }
        }
        memory[slice.region]?.replaceSubrange(slice.byteRange, with: bytes)
    }
}
