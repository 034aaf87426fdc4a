/// A pure dataflow graph in SSA form over statically shaped tensors.
///
/// Nodes stand in an order in which every operand is defined before its use. Values are numbered in the order of their
/// definition: the inputs first, then the results of each node. Value names are paths (`text.encoder/layer0/scores`),
/// unique in the graph, and tell where a value comes from; they have no meaning for the computation.
public struct Graph: Hashable, Sendable {
    public var name: String
    public var inputs: [Input]
    public var outputs: [Output]
    public var nodes: [Node]
    public var values: [Value]

    public init(name: String) {
        self.name = name
        inputs = []
        outputs = []
        nodes = []
        values = []
    }

    /// What an input is to the runtime.
    public enum Role: String, Hashable, Sendable, CaseIterable, Codable {
        /// Fed anew for every run.
        case data
        /// A weight that training updates.
        case parameter
        /// Kept between runs and updated in place, such as optimizer moments.
        case state
    }

    public struct Input: Hashable, Sendable {
        public var value: ValueID
        public var role: Role
        public init(value: ValueID, role: Role) {
            self.value = value
            self.role = role
        }
    }

    public struct Output: Hashable, Sendable {
        public var name: String
        public var value: ValueID
        /// The input whose next content this output is: the runtime may keep both in the same memory.
        public var updates: Int?
        public init(name: String, value: ValueID, updates: Int? = nil) {
            self.name = name
            self.value = value
            self.updates = updates
        }
    }

    public struct Node: Hashable, Sendable {
        public var op: Op
        public var operands: [ValueID]
        public var results: [ValueID]
        public init(op: Op, operands: [ValueID], results: [ValueID]) {
            self.op = op
            self.operands = operands
            self.results = results
        }
        /// The only result of a node that is not a scan.
        public var result: ValueID { results[0] }
    }

    public struct Value: Hashable, Sendable {
        public var name: String
        public var type: TensorType
        public var definition: Definition
        public init(name: String, type: TensorType, definition: Definition) {
            self.name = name
            self.type = type
            self.definition = definition
        }
    }

    public enum Definition: Hashable, Sendable {
        case input(Int)
        case node(NodeID, result: Int)
    }

    public func type(of value: ValueID) -> TensorType { values[value.index].type }
    public func name(of value: ValueID) -> String { values[value.index].name }
    public func node(_ id: NodeID) -> Node { nodes[id.index] }

    /// The node that defines a value, or nil for an input.
    public func definingNode(of value: ValueID) -> Node? {
        switch values[value.index].definition {
        case .input: nil
        case .node(let id, _): nodes[id.index]
        }
    }

    public func inputIndex(named name: String) -> Int? {
        inputs.firstIndex { values[$0.value.index].name == name }
    }

    public func output(named name: String) -> Output? {
        outputs.first { $0.name == name }
    }
}
