import Graph

/// What one run of a kernel takes, counted from its body; numbers are not integers because loops multiply without bound.
public struct KernelCost: Hashable, Sendable {
    /// Who computes a kernel's products, and so at what rate.
    public enum Products: Hashable, Sendable {
        /// The BLAS, on matrices in the arena.
        case library
        /// Loops over vector registers, on a tile in the thread's scratch memory.
        case tiles
        /// Plain loops.
        case loops
    }

    public var products: Products
    public var multiplyAdds: Double
    /// Operations on single elements, in additions: a division or an exponential counts as several.
    public var elementOperations: Double
    /// How many loop nests or calls of the BLAS begin.
    public var starts: Double
    /// Bytes of distinct operands and of results; what stays in scratch memory does not count.
    public var bytes: Double
    /// Independent pieces of work.
    public var tasks: Int

    /// All arithmetic, a multiply-add as two operations.
    public var operations: Double { 2 * multiplyAdds + elementOperations }

    /// - Parameter tasks: how many the emitter cuts the kernel into.
    public init(_ kernel: KernelGraph.Kernel, in kernels: KernelGraph, tasks: Int) {
        let count = WorkCount(kernel, tasks: tasks)
        products = Self.products(of: kernel.form)
        multiplyAdds = count.multiplyAdds
        elementOperations = count.elementOperations
        starts = count.starts
        bytes = Self.bytes(kernel, kernels)
        self.tasks = tasks
    }

    /// A kernel that only copies.
    public init(copying byteCount: Int) {
        products = .loops
        multiplyAdds = 0
        elementOperations = 0
        starts = 1
        bytes = 2 * Double(byteCount)
        tasks = 1
    }

    private static func products(of form: KernelForm) -> Products {
        switch form {
        case .product: .library
        case .tiles: .tiles
        case .pointwise, .reduction, .accumulation, .matrices, .loop: .loops
        }
    }

    // MARK: Bytes

    private static func bytes(_ kernel: KernelGraph.Kernel, _ kernels: KernelGraph) -> Double {
        let uses = UseIndex(kernel.body)
        var reads: [TensorID: Double] = [:]
        for (operand, input) in zip(kernel.operands, kernel.body.inputs) {
            let all = Double(kernels.type(of: operand).byteCount)
            let read = min(all, bytesRead(input.value, kernel.body, uses))
            // Views of one tensor are the same bytes, and no more than all of them are read.
            reads[kernels.storage(of: operand)] = min(all, reads[kernels.storage(of: operand), default: 0] + read)
        }
        return reads.values.reduce(0, +) + kernel.results.reduce(0) { $0 + Double(kernels.type(of: $1).byteCount) }
    }

    /// What a body's readers take of an input: all of it, or the parts that they cut out.
    private static func bytesRead(_ input: ValueID, _ body: Graph, _ uses: UseIndex) -> Double {
        let all = Double(body.type(of: input).byteCount)
        return uses.users[input.index].reduce(0) { total, user in
            let node = body.node(user)
            switch node.op {
            case .slice: return total + Double(body.type(of: node.result).byteCount)
            case .gather where node.operands[0] == input: return total + Double(body.type(of: node.result).byteCount)
            case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .reduce, .dot,
                .transpose, .reshape, .broadcast, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
                return total + all
            }
        }
    }
}
