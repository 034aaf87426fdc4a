/// Runs a program over bytes that hold garbage at first, with the interpreter in place of the kernels' functions.
///
/// The order of steps within an epoch is free, so that both orders must give the same: a missing barrier, or memory that is
/// given away too early, shows as garbage.
public struct ProgramInterpreter {
    private let program: Program
    private let kernels: [String: KernelGraph.Kernel]
    private let reversed: Bool
    private var memory: [Region: [UInt8]] = [:]

    /// - Parameters:
    ///   - kernels: what the program was planned from.
    ///   - reversed: whether the steps of an epoch run from the last to the first.
    public init(_ program: Program, _ kernels: KernelGraph, reversed: Bool) {
        self.program = program
        self.kernels = Dictionary(kernels.kernels.map { ($0.name, $0) }) { first, _ in first }
        self.reversed = reversed
        for region in Region.allCases {
            let bytes = program.slices.filter { $0.region == region }.map(\.byteRange.upperBound).max() ?? 0
            memory[region] = [UInt8](repeating: 0xA5, count: region == .workspace ? max(bytes, program.workspaceBytes) : bytes)
        }
    }

    /// Runs on inputs in order and returns the outputs in order.
    ///
    /// - Parameter written: called with the name and content of every result.
    public mutating func run(
        _ inputs: [Tensor], written: (String, Tensor) -> Void = { _, _ in }
    ) throws(Diagnostic) -> [Tensor] {
        for (binding, tensor) in zip(program.inputs, inputs) { write(tensor, binding.slice) }
        return try runAgain(written: written)
    }

    /// Runs on what is in memory, as after an update.
    public mutating func runAgain(written: (String, Tensor) -> Void = { _, _ in }) throws(Diagnostic) -> [Tensor] {
        for epoch in 0..<max(1, program.epochs) {
            let steps = program.steps.filter { $0.epoch == epoch }
            for step in reversed ? steps.reversed() : steps { try run(step, written) }
        }
        return program.outputs.map { read($0.slice) }
    }

    private mutating func run(_ step: Program.Step, _ written: (String, Tensor) -> Void) throws(Diagnostic) {
        let operands = step.reads.map { read($0) }
        for scratch in step.writes.suffix(step.scratch) {
            let slice = program.slices[scratch]
            memory[slice.region]?.replaceSubrange(slice.byteRange, with: [UInt8](repeating: 0x5A, count: slice.byteRange.count))
        }
        // Steps without a kernel copy an update.
        let results = if let kernel = kernels[step.label] { try Interpreter().run(kernel.body, operands) } else { operands }
        for (slice, result) in zip(step.writes.dropLast(step.scratch), results) {
            write(result, slice)
            if kernels[step.label] != nil { written(program.slices[slice].name, result) }
        }
    }

    private func read(_ index: Int) -> Tensor {
        let slice = program.slices[index]
        let bytes = (memory[slice.region] ?? [])[slice.byteRange]
        let size = slice.type.elementType.byteCount
        return Tensor(slice.type, (0..<slice.type.elementCount).map { element in
            let start = bytes.startIndex + element * size
            let bits = bytes[start..<start + size].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            switch slice.type.elementType {
            case .f32: return Double(Float(bitPattern: UInt32(bits)))
            case .f64: return Double(bitPattern: bits)
            case .i32: return Double(Int32(bitPattern: UInt32(bits)))
            case .bool: return Double(bits)
            }
        })
    }

    private mutating func write(_ tensor: Tensor, _ index: Int) {
        let slice = program.slices[index]
        let size = slice.type.elementType.byteCount
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size * tensor.elements.count)
        for element in tensor.elements {
            let bits =
                switch slice.type.elementType {
                case .f32: UInt64(Float(element).bitPattern)
                case .f64: element.bitPattern
                case .i32: UInt64(UInt32(bitPattern: Int32(element)))
                case .bool: UInt64(element == 0 ? 0 : 1)
                }
            for byte in 0..<size { bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * byte))) }
        }
        memory[slice.region]?.replaceSubrange(slice.byteRange, with: bytes)
    }
}
