extension Program {
    /// Programs in the text format, as one file; parsing it gives back the same programs.
    ///
    /// Also prints programs that the verifier refuses, so that they can be looked at: what does not exist shows as `%?`.
    public static func text(of programs: [Program]) -> String {
        programs.reduce(into: "\(TextLevel.program.header)\n") { $0 += "\n" + ProgramPrinter(program: $1).print() }
    }

    /// The program in the text format.
    public var text: String { Self.text(of: [self]) }
}

/// Prints one program of a file.
private struct ProgramPrinter {
    let program: Program

    func print() -> String {
        var text = "program \(NameText.symbol(program.name)) {\n"
        text += "  workspace \(program.workspaceBytes) bound \(program.lowerBoundBytes)\n"
        for slice in program.slices { text += "  \(line(slice))\n" }
        for input in program.inputs { text += "  input \(binding(input))\n" }
        for step in program.steps { text += "  \(line(step))\n" }
        for output in program.outputs { text += "  output \(binding(output))\n" }
        return text + "}\n"
    }

    private func line(_ slice: Program.Slice) -> String {
        let live = "\(slice.live.lowerBound)..\(slice.live.upperBound)"
        let place = "\(slice.region.rawValue) \(slice.offset) live \(live)"
        let storage = slice.storage == slice.name ? "" : " of \(NameText.value(slice.storage))"
        return "slice \(NameText.value(slice.name)) : \(slice.type) \(place)\(storage)"
    }

    private func line(_ step: Program.Step) -> String {
        let results = step.writes.dropLast(max(0, step.scratch))
        let scratch = step.writes.dropFirst(results.count)
        var line = "step \(step.epoch) \(names(results))"
        if !scratch.isEmpty { line += " scratch \(names(scratch))" }
        line += " = \(NameText.word(step.kernel))"
        if !step.reads.isEmpty { line += " \(names(step.reads[...]))" }
        let isNamedByResult = step.label == slice(step.writes.first)?.name
        let label = isNamedByResult ? "" : ", label=\(NameText.symbol(step.label))"
        return line + " {tasks=\(step.tasks)\(label)}"
    }

    /// An update is told by the name of the input.
    private func binding(_ binding: Program.Binding) -> String {
        var line = "\(NameText.word(binding.name)) = \(name(binding.slice))"
        if let updates = binding.updates {
            let exists = program.inputs.indices.contains(updates)
            line += " updates \(exists ? NameText.word(program.inputs[updates].name) : "?")"
        }
        return line
    }

    private func slice(_ index: Int?) -> Program.Slice? {
        guard let index, program.slices.indices.contains(index) else { return nil }
        return program.slices[index]
    }

    private func name(_ index: Int) -> String {
        slice(index).map { NameText.value($0.name) } ?? "%?\(index)"
    }

    private func names(_ indices: ArraySlice<Int>) -> String {
        indices.map(name).joined(separator: ", ")
    }
}
