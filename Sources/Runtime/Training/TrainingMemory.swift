import Data
import Graph

/// Parameters and optimizer state on the way between a running instance and a `TrainingState`.
struct TrainingMemory {
    private let instance: PlanInstance
    private let store: ParameterStore
    private let entry: Int
    /// Moments and the count of steps.
    private let stateTensors: [(name: String, type: TensorType)]

    /// - Parameter entry: one that trains; all of them share the memory.
    init(_ instance: PlanInstance, _ store: ParameterStore, entry: Int) {
        self.instance = instance
        self.store = store
        self.entry = entry
        stateTensors = Self.stateTensors(of: instance.programs[entry])
    }

    /// The optimizer's tensors that an entry updates.
    static func stateTensors(of program: Program) -> [(name: String, type: TensorType)] {
        program.inputs.filter { program.slices[$0.slice].region == .state }.map { ($0.name, program.slices[$0.slice].type) }
    }

    func load(_ parameters: [String: HostTensor]) throws(Diagnostic) {
        try store.load(parameters, into: instance, entry: entry)
    }

    func restore(_ state: TrainingState) throws(Diagnostic) {
        instance.clearState()
        try load(state.parameters)
        for tensor in stateTensors {
            guard let floats = state.optimizer[tensor.name]?.floats else { continue }
            try instance.set(tensor.name, entry: entry, to: floats)
        }
    }

    func save(to state: inout TrainingState) throws(Diagnostic) {
        state.parameters = try store.values(in: instance, entry: entry)
        for tensor in stateTensors {
            state.optimizer[tensor.name] = HostTensor(
                shape: tensor.type.shape.dimensions, floats: try instance.stored(tensor.name, entry: entry))
        }
    }
}
