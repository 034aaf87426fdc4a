import Graph

/// Runs an entry once more, epoch by epoch, and looks at all that it computes.
struct FiniteSearch {
    private let instance: PlanInstance
    private let entry: Int
    private let run: Int
    private let origin: FiniteOrigin?
    private let infiniteByDesign: Set<String>
    /// By storage, where values have their infinities from.
    private var sources: [String: FiniteFinding.Operand] = [:]
    /// Values that may be infinite.
    private(set) var infinite: Set<String> = []
    private(set) var finding: FiniteFinding?

    /// - Parameters:
    ///   - run: how many runs of the entry came before.
    ///   - infiniteByDesign: values that hold infinities on purpose.
    ///   - origin: what the kernels compute, where the plan says it.
    init(_ instance: PlanInstance, entry: Int, run: Int, infiniteByDesign: Set<String>, origin: FiniteOrigin?) {
        self.instance = instance
        self.entry = entry
        self.run = run
        self.infiniteByDesign = infiniteByDesign
        self.origin = origin
    }

    private var program: Program { instance.programs[entry] }

    /// Runs the entry on inputs that are set, up to a finding; where there is none, to its end.
    mutating func find() throws(Diagnostic) {
        for range in program.stepsOfEpochs {
            // Steps may overwrite their operands.
            var operands: [Int: [Tensor]] = [:]
            for step in range {
                operands[step] = try program.steps[step].reads.map { (index) throws(Diagnostic) in try tensor(index) }
            }
            try instance.run(entry: entry, steps: range)
            for step in range {
                for slice in program.steps[step].results where program.slices[slice].type.elementType.isFloating {
                    try look(at: slice, of: step, operands[step] ?? [])
                    if finding != nil { return }
                }
            }
        }
    }

    private func tensor(_ index: Int) throws(Diagnostic) -> Tensor {
        let slice = program.slices[index]
        return Tensor(slice.type, try instance.elements(of: slice))
    }

    private mutating func look(at index: Int, of step: Int, _ operands: [Tensor]) throws(Diagnostic) {
        let count = NonFiniteCount(try tensor(index).elements)
        guard !count.isFinite else { return }
        let (slice, row) = (program.slices[index], program.steps[step])
        let reads = zip(row.reads, operands).map { operand($0, $1) }
        let source = reads.first { $0.input != nil && !$0.count.isFinite } ?? reads.compactMap { sources[$0.storage] }.first
        if count.nans == 0, isMeant(index, source, reads) {
            sources[slice.storage] = source
            infinite.insert(slice.name)
            return
        }
        finding = FiniteFinding(
            entry: program.name, run: run, step: step, epoch: row.epoch, kernel: row.kernel, label: row.label, name: slice.name,
            type: slice.type, count: count, operands: reads, source: source, origin: origin?.lines(slice.name, operands) ?? [])
    }

    /// Whether infinities may stand in a value.
    private func isMeant(_ index: Int, _ source: FiniteFinding.Operand?, _ reads: [FiniteFinding.Operand]) -> Bool {
        guard let source else {
            return infiniteByDesign.contains(program.slices[index].name) || reads.contains { $0.count.infinities > 0 }
        }
        return source.input?.region.outlivesRun == false && !program.keeps(index)
    }

    private func operand(_ index: Int, _ tensor: Tensor) -> FiniteFinding.Operand {
        let slice = program.slices[index]
        let position = program.inputs.firstIndex { program.slices[$0.slice].storage == slice.storage }
        return FiniteFinding.Operand(
            name: slice.name, storage: slice.storage, type: tensor.type, input: position.map { ($0, slice.region) },
            count: NonFiniteCount(tensor.elements))
    }
}

extension Program {
    /// Whether a slice is seen after the run: an output, or one that lives longer.
    func keeps(_ slice: Int) -> Bool { slices[slice].region != .workspace || outputs.contains { $0.slice == slice } }
}
