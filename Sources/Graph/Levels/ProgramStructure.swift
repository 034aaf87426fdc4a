/// A program whose every reference is known to exist and every size to be sound: rules 1 to 7 of `ProgramVerifier`.
struct ProgramStructure {
    let program: Program
    /// For each slice the one whose content it shows: itself, or what it is a view of.
    let storages: [Int]
    /// For each input the output that updates it.
    private(set) var updates: [Int?]

    init(_ program: Program) throws(Diagnostic) {
        self.program = program
        try Self.require(!program.name.isEmpty, "program.name", "program", "names are not empty")
        try ProgramRules.checkWorkspace(
            bytes: program.workspaceBytes, lowerBound: program.lowerBoundBytes, "workspace")
        for slice in program.slices { try Self.check(slice, workspaceBytes: program.workspaceBytes) }
        storages = try Self.findStorages(program.slices)
        updates = [Int?](repeating: nil, count: program.inputs.count)
        try checkSteps()
        try checkBindings()
        try checkUpdates()
    }

    private static func require(
        _ condition: Bool, _ id: String, _ subject: @autoclosure () -> String, _ message: String,
        expected: @autoclosure () -> String? = nil, found: @autoclosure () -> String? = nil
    ) throws(Diagnostic) {
        try ProgramRules.require(condition, id, subject(), message, expected: expected(), found: found())
    }

    // MARK: Slices

    private static func check(_ slice: Program.Slice, workspaceBytes: Int) throws(Diagnostic) {
        var subject: String { "slice \(slice.name)" }
        try require(!slice.name.isEmpty, "program.name", subject, "names are not empty")
        try checkType(slice.type)
        try ProgramRules.checkOffset(slice.offset, subject)
        try ProgramRules.checkLive(first: slice.live.lowerBound, last: slice.live.upperBound, subject)
        try require(
            slice.region != .workspace || slice.byteRange.upperBound <= workspaceBytes, "program.range", subject,
            "the slice lies in the workspace", expected: "below \(workspaceBytes)", found: "\(slice.byteRange)")
    }

    private static func findStorages(_ slices: [Program.Slice]) throws(Diagnostic) -> [Int] {
        var positions: [String: Int] = [:]
        var storages: [Int] = []
        for (position, slice) in slices.enumerated() {
            try require(
                positions.updateValue(position, forKey: slice.name) == nil, "program.name", "slice \(slice.name)",
                "names of slices are unique")
            let storage = positions[slice.storage]
            try require(
                storage.map { $0 == position || storages[$0] == $0 } ?? false, "program.view", "slice \(slice.name)",
                "a view is of an earlier slice that is no view", found: slice.storage)
            let source = slices[storage ?? position]
            try require(
                slice.isSameMemory(as: source) && slice.type.elementType == source.type.elementType, "program.view",
                "slice \(slice.name)", "a view is all of its source", expected: source.place, found: slice.place)
            storages.append(storage ?? position)
        }
        return storages
    }

    private func isStorage(_ slice: Int) -> Bool {
        program.slices.indices.contains(slice) && storages[slice] == slice
    }

    // MARK: Steps

    private func checkSteps() throws(Diagnostic) {
        var epoch = 0
        // What counts epochs must not take more time and memory than the text that names them.
        let last = 2 * program.steps.count
        for step in program.steps {
            try Self.require(!step.label.isEmpty && !step.kernel.isEmpty, "program.name", "step", "names are not empty")
            try ProgramRules.checkEpoch(step.epoch, step.label)
            try Self.require(
                step.epoch >= epoch, "program.epoch", step.label, "epochs ascend", expected: "\(epoch) or later",
                found: "\(step.epoch)")
            try Self.require(
                step.epoch <= last, "program.epoch", step.label, "most epochs have steps", expected: "at most \(last)",
                found: "\(step.epoch)")
            epoch = step.epoch
            try checkSlices(of: step)
            try checkLive(step)
        }
    }

    private func checkSlices(of step: Program.Step) throws(Diagnostic) {
        let exist = program.slices.indices
        try Self.require(
            step.writes.allSatisfy(exist.contains) && step.reads.allSatisfy(exist.contains), "program.step", step.label,
            "a step names existing slices")
        try Self.require(
            (0...step.writes.count).contains(step.scratch), "program.scratch", step.label, "number of scratch slices",
            expected: "0...\(step.writes.count)", found: "\(step.scratch)")
        let results = step.writes.dropLast(step.scratch)
        let scratch = step.writes.suffix(step.scratch)
        try Self.require(
            !results.isEmpty && step.writes.allSatisfy(isStorage), "program.write", step.label,
            "a step writes results, and no views")
        try Self.require(
            scratch.allSatisfy { program.slices[$0].region == .workspace }, "program.scratch", step.label,
            "scratch memory lies in the workspace")
        try ProgramRules.checkTasks(step.tasks, step.label)
        try Self.require(
            step.tasks > 0 || results.allSatisfy { program.slices[$0].type.byteCount == 0 }, "program.tasks", step.label,
            "a step that writes something has tasks", found: "none")
    }

    private func checkLive(_ step: Program.Step) throws(Diagnostic) {
        for slices in [step.writes, step.reads] {
            for slice in slices.map({ program.slices[$0] }) where slice.region == .workspace {
                try Self.require(
                    slice.live.contains(step.epoch), "program.live", step.label, "\(slice.name) lives where it is used",
                    expected: "epoch in \(slice.live)", found: "\(step.epoch)")
            }
        }
    }

    // MARK: Inputs and outputs

    private func checkBindings() throws(Diagnostic) {
        for (kind, bindings) in [("input", program.inputs), ("output", program.outputs)] {
            var names: Set<String> = []
            for binding in bindings {
                try Self.require(
                    !binding.name.isEmpty && names.insert(binding.name).inserted, "program.name", "\(kind) \(binding.name)",
                    "names of \(kind)s are unique and not empty")
                try Self.require(
                    isStorage(binding.slice), "program.binding", "\(kind) \(binding.name)",
                    "it is an existing slice and no view")
            }
        }
        for input in program.inputs {
            let region = program.slices[input.slice].region
            try Self.require(
                region != .outputs && region != .workspace, "program.region", "input \(input.name)", "region of an input",
                expected: "parameters, state or inputs", found: region.rawValue)
            try Self.require(input.updates == nil, "program.update", "input \(input.name)", "an input updates nothing")
        }
    }

    private mutating func checkUpdates() throws(Diagnostic) {
        for (position, output) in program.outputs.enumerated() {
            var subject: String { "output \(output.name)" }
            let slice = program.slices[output.slice]
            guard let input = output.updates else {
                try Self.require(
                    slice.region == .outputs, "program.region", subject, "region of an output", expected: "outputs",
                    found: slice.region.rawValue)
                continue
            }
            try Self.require(
                updates.indices.contains(input) && updates[input] == nil, "program.update", subject,
                "an update names an input, each once")
            updates[input] = position
            let target = program.slices[program.inputs[input].slice]
            try Self.require(
                target.region != .inputs, "program.update", subject, "only parameters and states are updated",
                found: target.region.rawValue)
            try Self.require(
                slice.isSameMemory(as: target) && slice.type == target.type, "program.update", subject,
                "an update is left in the input's memory", expected: target.place, found: slice.place)
        }
    }
}
