import Graph

/// Which updated inputs can be written in place, by the kernel that computes their next content.
///
/// A kernel may write over an input when no other kernel reads the input's old content afterwards. The order that this
/// needs (the other readers first) is returned as additional dependencies.
struct UpdateBinding {
    /// For each output position the kernel that writes straight into the updated input.
    private(set) var inPlace: [Int: Int] = [:]
    /// Pairs (earlier, later) of kernels.
    private(set) var dependencies: [(earlier: Int, later: Int)] = []

    init(_ kernels: KernelGraph) {
        var successors = Self.successors(kernels)
        let readers = Self.readers(kernels)
        for (position, output) in kernels.outputs.enumerated() {
            guard let input = output.updates, case .kernel(let writer) = kernels.tensors[output.tensor.index].origin else {
                continue
            }
            let old = kernels.inputs[input].tensor
            let others = readers[old.index].filter { $0 != writer }
            let reachable = Self.reachable(from: writer, successors)
            guard others.allSatisfy({ !reachable.contains($0) }) else { continue }
            let kernel = kernels.kernels[writer]
            let reads = kernel.operands.filter { kernels.storage(of: $0) == old }
            guard reads.isEmpty || (reads == [old] && IdentityAccess.holds(kernel, operand: old)) else { continue }
            inPlace[position] = writer
            for reader in others {
                dependencies.append((reader, writer))
                successors[reader].insert(writer)
            }
        }
    }

    private static func successors(_ kernels: KernelGraph) -> [Set<Int>] {
        var result = [Set<Int>](repeating: [], count: kernels.kernels.count)
        for (index, kernel) in kernels.kernels.enumerated() {
            for operand in kernel.operands {
                if case .kernel(let producer) = kernels.tensors[kernels.storage(of: operand).index].origin {
                    result[producer].insert(index)
                }
            }
        }
        return result
    }

    /// For each storage the kernels that read it.
    private static func readers(_ kernels: KernelGraph) -> [[Int]] {
        var result = [[Int]](repeating: [], count: kernels.tensors.count)
        for (index, kernel) in kernels.kernels.enumerated() {
            for operand in Set(kernel.operands.map(kernels.storage)) { result[operand.index].append(index) }
        }
        return result
    }

    private static func reachable(from start: Int, _ successors: [Set<Int>]) -> Set<Int> {
        var seen: Set<Int> = [start]
        var pending = [start]
        while let kernel = pending.popLast() {
            for next in successors[kernel] where seen.insert(next).inserted { pending.append(next) }
        }
        return seen
    }
}

/// Whether a kernel reads an operand only at the place of the result elements that it computes.
enum IdentityAccess {
    static func holds(_ kernel: KernelGraph.Kernel, operand: TensorID) -> Bool {
        guard kernel.form == .pointwise, let result = kernel.body.outputs.first else { return false }
        let inputs = kernel.operands.indices.filter { kernel.operands[$0] == operand }.map { kernel.body.inputs[$0].value }
        let shape = kernel.body.type(of: result.value).shape
        guard inputs.allSatisfy({ kernel.body.type(of: $0).shape == shape }) else { return false }
        // Below an operation that moves elements, an operand is read at other places.
        var moved: Set<ValueID> = []
        for node in kernel.body.nodes.reversed() {
            let moves = movesElements(node.op)
            for value in node.operands where moves || moved.contains(node.results[0]) { moved.insert(value) }
        }
        return inputs.allSatisfy { !moved.contains($0) }
    }

    private static func movesElements(_ op: Op) -> Bool {
        switch op {
        case .unary, .binary, .compare, .select, .convert, .stopGradient, .constant, .iota: false
        case .randomUniform, .reduce, .dot, .transpose, .reshape, .broadcast, .slice, .pad, .concatenate, .window,
            .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            true
        }
    }
}
