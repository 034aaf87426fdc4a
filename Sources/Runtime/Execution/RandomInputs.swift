import Data
import Graph

/// Seeded random inputs of an entry, for measuring and comparing plans without data.
package struct RandomInputs {
    private let bundle: PlanBundle
    private let seed: Int

    package init(bundle: PlanBundle, seed: Int) {
        self.bundle = bundle
        self.seed = seed
    }

    /// Sets parameters to first values, state to zero and data to normally distributed numbers.
    package func fill(_ instance: PlanInstance, entry: Int) throws(Diagnostic) {
        instance.clearState()
        let store = ParameterStore(bundle.manifest)
        try store.load(store.initialValues(seed: seed), into: instance, entry: entry)
        var generator = SplitMix64(seed: UInt64(bitPattern: Int64(seed)))
        let program = instance.programs[entry]
        for binding in program.inputs {
            let slice = program.slices[binding.slice]
            guard slice.region == .inputs else { continue }
            try set(binding.name, slice.type, instance, entry, &generator)
        }
    }

    private func set(
        _ name: String, _ type: TensorType, _ instance: PlanInstance, _ entry: Int, _ generator: inout SplitMix64
    ) throws(Diagnostic) {
        let isModel = bundle.manifest.training != nil
        let count = type.elementCount
        if isModel, name == "key" {
            try instance.set(name, entry: entry, to: [1.0, 2.0])
        } else if isModel, name == "learning_rate" {
            try instance.set(name, entry: entry, to: [1e-5])
        } else if isModel, name == "label", bundle.manifest.training?.isClassification == true {
            try instance.set(name, entry: entry, to: (0..<count).map { Double($0 % 4) })
        } else {
            try instance.set(name, entry: entry, to: (0..<count).map { _ in Self.number(type.elementType, &generator) })
        }
    }

    private static func number(_ type: ElementType, _ generator: inout SplitMix64) -> Double {
        switch type {
        case .f32, .f64: Double(Float(generator.gaussian()))
        // Whole numbers are often positions; these are in range almost everywhere.
        case .i32: Double(generator.next() % 2)
        case .bool: Double(generator.next() % 2)
        }
    }
}
