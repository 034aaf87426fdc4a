import Graph

/// From kernels to a program: emits the kernels' functions, orders the steps and plans the memory.
struct ProgramFormation {
    static let pass = pass(unfused: false, reuse: true)

    /// - Parameters:
    ///   - unfused: the kernels were formed one for each operation.
    ///   - reuse: whether tensors may share memory.
    static func pass(unfused: Bool, reuse: Bool) -> Pass<KernelGraph, Program> {
        Pass(
            name: "plan-memory", summary: "Orders kernels into steps between barriers and gives every tensor a slice of memory.",
            spelling: "plan-memory" + (unfused ? ":unfused" : "") + (reuse ? "" : ":no-reuse")
        ) { kernels throws(Diagnostic) in
            var functions = KernelFunctions()
            var formation = ProgramFormation(kernels, unfused: unfused, reuse: reuse)
            return try formation.plan(&functions)
        }
    }

    private let kernels: KernelGraph
    private let unfused: Bool
    private let reuse: Bool
    /// What one run of each kernel function takes, by name.
    private(set) var costs: [String: KernelCost] = [:]
    private(set) var threadScratchBytes = 0

    init(_ kernels: KernelGraph, unfused: Bool, reuse: Bool) {
        self.kernels = kernels
        self.unfused = unfused
        self.reuse = reuse
    }

    /// The program, named as the kernel graph; its kernels' functions are added to those of the plan.
    mutating func plan(_ functions: inout KernelFunctions) throws(Diagnostic) -> Program {
        var code: [KernelCode] = []
        var names: [String] = []
        let emitter = KernelEmitter(unfused: unfused)
        for kernel in kernels.kernels {
            let emitted = try emitter.emit(kernel)
            code.append(emitted)
            threadScratchBytes = max(threadScratchBytes, emitted.threadScratchBytes)
            let name = functions.name(for: emitted, hint: kernel.form.rawValue)
            names.append(name)
            // Kernels that share a function may differ in operands that coincide.
            let cost = KernelCost(kernel, in: kernels, tasks: emitted.tasks)
            if cost.bytes >= costs[name]?.bytes ?? 0 { costs[name] = cost }
        }
        let planner = MemoryPlanner(kernels: kernels, code: code, functions: names, reuse: reuse)
        let program = try planner.plan(name: kernels.name)
        for step in program.steps where step.kernel.hasPrefix("copy_") {
            let bytes = program.slices[step.writes[0]].type.byteCount
            functions.add(step.kernel, body: CopyKernel.body(bytes))
            costs[step.kernel] = KernelCost(copying: bytes)
        }
        try ProgramVerifier.verify(program, implements: kernels)
        return program
    }
}
