/// Fused kernels over tensors: which operations one kernel computes, and in what form.
///
/// Kernels stand in an order in which every tensor is written before it is read. A kernel's body is an ordinary graph
/// over whole tensors, so the reference interpreter can run every kernel.
public struct KernelGraph: Hashable, Sendable {
    public var name: String
    public var tensors: [Tensor]
    public var inputs: [Input]
    public var outputs: [Output]
    public var kernels: [Kernel]
    /// Why operations do or do not share a kernel, in graph order.
    public var decisions: [FusionDecision]

    public init(name: String) {
        self.name = name
        tensors = []
        inputs = []
        outputs = []
        kernels = []
        decisions = []
    }

    public struct Tensor: Hashable, Sendable {
        public var name: String
        public var type: TensorType
        public var origin: Origin
        public init(name: String, type: TensorType, origin: Origin) {
            self.name = name
            self.type = type
            self.origin = origin
        }
    }

    /// Where a tensor's memory comes from.
    public enum Origin: Hashable, Sendable {
        case input(Int)
        case kernel(Int)
        /// The same elements in the same order as another tensor, under another shape.
        case view(TensorID)
    }

    public struct Input: Hashable, Sendable {
        public var tensor: TensorID
        public var role: Graph.Role
        public init(tensor: TensorID, role: Graph.Role) {
            self.tensor = tensor
            self.role = role
        }
    }

    public struct Output: Hashable, Sendable {
        public var name: String
        public var tensor: TensorID
        /// Position of the input whose next content this is.
        public var updates: Int?
        public init(name: String, tensor: TensorID, updates: Int? = nil) {
            self.name = name
            self.tensor = tensor
            self.updates = updates
        }
    }

    /// Body inputs are the operands, body outputs the results, both in order; the body has no name of its own.
    public struct Kernel: Hashable, Sendable {
        public var name: String
        public var form: KernelForm
        public var operands: [TensorID]
        public var results: [TensorID]
        public var body: Graph
        /// For the form `tiles`, and only for it.
        public var tiling: Tiling?
        public init(
            name: String, form: KernelForm, operands: [TensorID], results: [TensorID], body: Graph, tiling: Tiling? = nil
        ) {
            self.tiling = tiling
            self.name = name
            self.form = form
            self.operands = operands
            self.results = results
            self.body = body
            self.body.name = Scan.bodyName
        }
    }

    public func type(of tensor: TensorID) -> TensorType { tensors[tensor.index].type }
    public func name(of tensor: TensorID) -> String { tensors[tensor.index].name }

    /// The tensor that owns the memory of a tensor: itself, or what it is a view of.
    public func storage(of tensor: TensorID) -> TensorID {
        var current = tensor
        while case .view(let source) = tensors[current.index].origin { current = source }
        return current
    }
}

/// Position of a tensor in its kernel graph.
public struct TensorID: Hashable, Comparable, Sendable {
    public let index: Int
    public init(_ index: Int) { self.index = index }
    public static func < (a: TensorID, b: TensorID) -> Bool { a.index < b.index }
}

/// How a kernel walks over its body.
public enum KernelForm: String, Hashable, Sendable, CaseIterable {
    /// A loop nest over the results, which have one shape; every element on its own.
    case pointwise
    /// A loop nest with reduction loops inside.
    case reduction
    /// A matrix product by the BLAS, in row blocks.
    case product
    /// A loop nest that adds into its result, in one task.
    case accumulation
    /// Linear algebra on small matrices, a task for each of them.
    case matrices
    /// A sequential loop with its whole state in the kernel, in one task.
    case loop
    /// Several operations on one tile after the other; what only they read stays in the thread's scratch memory.
    case tiles
}

/// A decision about one value: computed inside its readers, or written to memory, and why.
public struct FusionDecision: Hashable, Sendable {
    public var value: String
    public var outcome: Outcome
    public var reason: String
    /// The pass that decided; nil where the text does not say.
    public var pass: String?

    public enum Outcome: String, Hashable, Sendable, CaseIterable {
        case fused, materialized, view
    }

    public init(value: String, outcome: Outcome, reason: String, pass: String? = nil) {
        self.value = value
        self.outcome = outcome
        self.reason = reason
        self.pass = pass
    }
}

extension [FusionDecision] {
    /// The decisions, those of no pass yet being this one's.
    package func by(_ pass: String) -> [FusionDecision] {
        map { decision in
            var decision = decision
            decision.pass = decision.pass ?? pass
            return decision
        }
    }
}
