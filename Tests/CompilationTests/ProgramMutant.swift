import Graph

/// One wrong change of a program, as a planner with a mistake would make it.
struct ProgramMutant {
    enum Kind: String, CaseIterable {
        case movedSlice, largerSlice, shorterLife, otherStorage, otherRegion, droppedBarrier, swappedSteps, otherOperand, otherResult,
            missingStep, smallerWorkspace, otherOutput
    }

    var kind: Kind
    /// What was done, for messages.
    var what: String
    var program: Program

    /// A mutant of a kind, or nil where chance finds nothing to change.
    static func make(_ kind: Kind, of original: Program, _ random: inout Random) -> ProgramMutant? {
        var program = original
        guard let what = change(kind, &program, &random), program != original else { return nil }
        return ProgramMutant(kind: kind, what: "\(kind.rawValue): \(what)", program: program)
    }

    /// - Returns: what was done.
    private static func change(_ kind: Kind, _ program: inout Program, _ random: inout Random) -> String? {
        guard !program.slices.isEmpty, !program.steps.isEmpty else { return nil }
        let slice = random.integer(0...program.slices.count - 1)
        let step = random.integer(0...program.steps.count - 1)
        let name = program.slices[slice].name
        switch kind {
        case .movedSlice:
            guard program.slices[slice].region == .workspace else { return nil }
            program.slices[slice].offset += random.choose([-128, -64, 64, 128])
            return name
        case .largerSlice:
            guard let last = program.slices[slice].type.shape.dimensions.last else { return nil }
            var extents = program.slices[slice].type.shape.dimensions
            extents[extents.count - 1] = last + random.integer(1...20)
            program.slices[slice].type.shape = Shape(extents)
            return name
        case .shorterLife:
            let live = program.slices[slice].live
            guard live.count > 1 else { return nil }
            program.slices[slice].live = live.lowerBound...live.upperBound - 1
            return name
        case .otherStorage:
            program.slices[slice].storage = random.choose(program.slices).name
            return name
        case .otherRegion:
            program.slices[slice].region = random.choose(Region.allCases)
            return name
        case .droppedBarrier:
            guard program.epochs > 1 else { return nil }
            let epoch = random.integer(1...program.epochs - 1)
            for index in program.steps.indices where program.steps[index].epoch >= epoch { program.steps[index].epoch -= 1 }
            for index in program.slices.indices {
                let live = program.slices[index].live
                let first = live.lowerBound >= epoch ? live.lowerBound - 1 : live.lowerBound
                program.slices[index].live = first...max(first, live.upperBound >= epoch ? live.upperBound - 1 : live.upperBound)
            }
            return "before epoch \(epoch)"
        case .swappedSteps:
            let other = random.integer(0...program.steps.count - 1)
            guard program.steps[step].epoch != program.steps[other].epoch else { return nil }
            let epochs = (program.steps[step].epoch, program.steps[other].epoch)
            program.steps.swapAt(step, other)
            (program.steps[step].epoch, program.steps[other].epoch) = epochs
            return "\(program.steps[step].label) and \(program.steps[other].label)"
        case .otherOperand: return replace(\.reads, of: step, in: &program, &random)
        case .otherResult: return replace(\.writes, of: step, in: &program, &random)
        case .missingStep:
            let removed = program.steps.remove(at: step)
            guard program.steps.contains(where: { $0.epoch == removed.epoch }) else { return nil }
            return removed.label
        case .smallerWorkspace:
            guard program.workspaceBytes > 0 else { return nil }
            program.workspaceBytes -= min(64, program.workspaceBytes)
            return "by 64 bytes"
        case .otherOutput:
            guard !program.outputs.isEmpty else { return nil }
            let output = random.integer(0...program.outputs.count - 1)
            let type = program.slices[program.outputs[output].slice].type
            let others = program.slices.indices.filter { program.slices[$0].type == type && $0 != program.outputs[output].slice }
            guard !others.isEmpty else { return nil }
            program.outputs[output].slice = random.choose(others)
            return program.outputs[output].name
        }
    }

    /// Another slice of the same type in one place of a step.
    private static func replace(
        _ places: WritableKeyPath<Program.Step, [Int]>, of step: Int, in program: inout Program, _ random: inout Random
    ) -> String? {
        let slices = program.steps[step][keyPath: places]
        guard !slices.isEmpty else { return nil }
        let place = random.integer(0...slices.count - 1)
        let type = program.slices[slices[place]].type
        let others = program.slices.indices.filter { program.slices[$0].type == type && $0 != slices[place] }
        guard !others.isEmpty else { return nil }
        program.steps[step][keyPath: places][place] = random.choose(others)
        return "\(program.steps[step].label), place \(place)"
    }
}
