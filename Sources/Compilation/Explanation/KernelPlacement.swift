import Graph

/// Where a value of a kernel graph is computed, and whether it has memory.
public struct KernelPlacement: Hashable, Sendable, Encodable {
    /// The kernels that compute it; several where it is computed again for some readers.
    public var kernels: [Kernel]
    public var storage: Storage
    /// What it is a view of.
    public var viewOf: String?

    public struct Kernel: Hashable, Sendable, Encodable {
        public var name: String
        public var form: String
        public var operations: Int
    }

    public enum Storage: String, Hashable, Sendable, Encodable {
        case input, memory, view
        /// Only inside its kernels.
        case inside = "kernel"
        case absent
    }

    /// The placement of what is not there any more.
    static let absent = KernelPlacement(kernels: [], storage: .absent)

    private init(kernels: [Kernel], storage: Storage) {
        self.kernels = kernels
        self.storage = storage
    }

    public init(of value: String, in graph: KernelGraph) {
        let computing = graph.kernels.filter { kernel in
            kernel.results.contains { graph.name(of: $0) == value } || Self.computes(value, kernel.body)
        }
        // Bodies of loops have names of their own, which count if nothing outside has it.
        let looping = computing.isEmpty ? graph.kernels.filter { Self.computes(value, inLoopsOf: $0.body) } : []
        kernels = (computing + looping).map { Kernel(name: $0.name, form: $0.form.rawValue, operations: $0.body.nodes.count) }
        guard let tensor = graph.tensors.first(where: { $0.name == value }) else {
            storage = kernels.isEmpty ? .absent : .inside
            return
        }
        switch tensor.origin {
        case .input: storage = .input
        case .kernel: storage = .memory
        case .view(let source):
            storage = .view
            viewOf = graph.name(of: source)
        }
    }

    private static func computes(_ value: String, _ body: Graph) -> Bool {
        body.values.contains { found in
            guard found.name == value, case .node = found.definition else { return false }
            return true
        }
    }

    private static func computes(_ value: String, inLoopsOf body: Graph) -> Bool {
        body.nodes.contains { node in
            guard case .scan(let scan) = node.op else { return false }
            return scan.body.values.contains { $0.name == value } || computes(value, inLoopsOf: scan.body)
        }
    }

    /// In a sentence without subject and stop.
    public var text: String {
        let names = kernels.map { "\(NameText.value($0.name)) (\($0.form), \($0.operations) operations)" }.joined(separator: ", ")
        switch storage {
        case .input: return "is an input"
        case .view: return "is a view of \(NameText.value(viewOf ?? ""))" + (kernels.isEmpty ? "" : ", also computed in \(names)")
        case .memory: return "computed in kernel \(names), written to memory"
        case .inside: return "computed in kernel \(names), not written to memory"
        case .absent: return "not in any kernel"
        }
    }
}
