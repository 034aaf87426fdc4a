import Data
import Graph

extension PlanManifest {
    /// Checks what the manifest says of the programs, and everything that is later used as a size or an index.
    func check(against programs: [Program], file: String) throws(Diagnostic) {
        guard entries.map(\.name) == programs.map(\.name) else {
            throw Diagnostic(
                "plan.entries", file, "manifest and programs name the same entries",
                expected: programs.map(\.name).joined(separator: ", "), found: entries.map(\.name).joined(separator: ", "))
        }
        for (entry, program) in zip(entries, programs) { try entry.prediction?.check(against: program, file: file) }
        for parameter in parameters { try Self.check(parameter, programs, file: file) }
        try training?.check(file: file)
    }

    private static func check(_ parameter: Parameter, _ programs: [Program], file: String) throws(Diagnostic) {
        let shapes = programs.flatMap { program in
            program.inputs.filter { $0.name == parameter.name }.map { program.slices[$0.slice].type.shape.dimensions }
        }
        guard let shape = shapes.first(where: { $0 != parameter.shape }) ?? shapes.first else {
            throw Diagnostic("plan.parameter", "\(file): \(parameter.name)", "no program has this parameter")
        }
        guard shape == parameter.shape else {
            throw Diagnostic(
                "plan.parameter", "\(file): \(parameter.name)", "the parameter's shape is not the programs'",
                expected: "\(shape)", found: "\(parameter.shape)")
        }
    }
}

extension TrainingConfiguration {
    fileprivate func check(file: String) throws(Diagnostic) {
        let metrics = ["Loss"] + metricFamily.metricNames
        let rules: [(name: String, isKept: Bool)] = [
            ("batchSize", batchSize > 0), ("epochs", epochs > 0),
            ("learningRate", learningRate.isFinite && learningRate >= 0),
            ("sequenceLengths", sequenceLengths.count == 3 && sequenceLengths.allSatisfy { $0 > 0 }),
            ("featureWidths", featureWidths.count == 3 && featureWidths.allSatisfy { $0 > 0 }),
            ("clipPercentiles", clipPercentiles.map { $0.count == 2 } ?? true),
            ("selectionMetric", metrics.contains(selectionMetric)), ("schedulerMetric", metrics.contains(schedulerMetric)),
        ]
        for rule in rules where !rule.isKept {
            throw Diagnostic("plan.training", "\(file): training.\(rule.name)", "the value is out of range")
        }
    }
}
