import Graph

/// Which steps write and read each storage, views of it included.
struct StorageAccesses {
    private let program: Program
    private let storageOf: [String]
    private var steps: [String: [Int]] = [:]

    init(_ program: Program) {
        self.program = program
        storageOf = program.slices.map(\.storage)
        for (index, step) in program.steps.enumerated() {
            for storage in Set((step.writes + step.reads).map { storageOf[$0] }) { steps[storage, default: []].append(index) }
        }
    }

    func epochs(of storages: [String]) -> Set<Int> {
        Set(storages.flatMap { steps[$0] ?? [] }.map { program.steps[$0].epoch })
    }

    /// In the order of the program.
    func readers(of storages: [String]) -> [Program.Step] {
        let readers = storages.flatMap { storage in
            (steps[storage] ?? []).filter { program.steps[$0].reads.contains { storageOf[$0] == storage } }
        }
        return readers.sorted().map { program.steps[$0] }
    }

    /// The first step that writes a storage.
    func writer(of storage: String) -> Program.Step? {
        (steps[storage] ?? []).first { program.steps[$0].writes.contains { storageOf[$0] == storage } }.map { program.steps[$0] }
    }

    func operands(of step: Program.Step) -> Set<String> { Set(step.reads.map { storageOf[$0] }) }
}
