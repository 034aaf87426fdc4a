/// The rules on single parts of a kernel graph; the parser and the verifier share them.
struct KernelGraphRules {
    private var kernelNames: Set<String> = []
    private var outputNames: Set<String> = []
    private var returned: Set<TensorID> = []
    private var updatedInputs: Set<Int> = []

    private func require(
        _ condition: Bool, _ id: String, _ subject: @autoclosure () -> String, _ message: String,
        expected: @autoclosure () -> String? = nil, found: @autoclosure () -> String? = nil
    ) throws(Diagnostic) {
        guard condition else {
            throw Diagnostic(id, subject(), message, expected: expected(), found: found())
        }
    }

    // MARK: Views and kernels

    /// Both types have passed the rules of all types.
    func checkView(_ name: String, _ type: TensorType, of source: TensorType) throws(Diagnostic) {
        try require(
            type.elementType == source.elementType && type.elementCount == source.elementCount, "kernels.view-type",
            "view \(name)", "a view has the elements of its source", expected: "another shape of \(source)",
            found: "\(type)")
    }

    /// The body is a sound graph.
    mutating func checkKernel(
        _ kernel: KernelGraph.Kernel, operands: [TensorType], results: [TensorType]
    ) throws(Diagnostic) {
        var subject: String { "kernel \(kernel.name)" }
        try require(
            !kernel.name.isEmpty && kernelNames.insert(kernel.name).inserted, "kernels.kernel-name", subject,
            "names of kernels are unique and not empty", found: "'\(kernel.name)'")
        let body = kernel.body
        try require(
            body.name == Scan.bodyName, "kernels.body-name", subject, "name of a body", expected: Scan.bodyName,
            found: body.name)
        try checkTypes(operands, body.inputs.map { body.type(of: $0.value) }, "kernels.operand-types", subject)
        try checkTypes(results, body.outputs.map { body.type(of: $0.value) }, "kernels.result-types", subject)
        // Only inputs with a role can be updated, so the outputs need no check.
        try require(
            body.inputs.allSatisfy { $0.role == .data }, "kernels.body-role", subject, "the inputs of a body have no role")
        try checkRoot(kernel, subject)
    }

    private func checkTypes(
        _ tensors: [TensorType], _ body: [TensorType], _ id: String, _ subject: @autoclosure () -> String
    ) throws(Diagnostic) {
        func list(_ types: [TensorType]) -> String {
            types.isEmpty ? "none" : types.map(\.description).joined(separator: ", ")
        }
        try require(
            tensors == body, id, subject(), "a kernel has the types of its body", expected: list(body),
            found: list(tensors))
    }

    /// Code is generated for the last operation, whose results go to the kernel's results one by one.
    private func checkRoot(
        _ kernel: KernelGraph.Kernel, _ subject: @autoclosure () -> String
    ) throws(Diagnostic) {
        if kernel.form == .tiles {
            guard let tiling = kernel.tiling else {
                throw Diagnostic("kernels.tiles", subject(), "a tiled kernel says how it is tiled")
            }
            return try checkTiles(kernel, tiling, subject())
        }
        try require(kernel.tiling == nil, "kernels.tiles", subject(), "only a tiled kernel is tiled")
        if kernel.form == .pointwise { return try checkPointwise(kernel, subject()) }
        let root = kernel.body.nodes.last
        try require(
            root?.results == kernel.body.outputs.map(\.value), "kernels.root", subject(),
            "a body returns the results of its last operation, in order")
        guard let root else { return }
        try require(
            kernel.form.ends(with: root.op), "kernels.form", subject(), "the form suits the last operation",
            expected: "a form that ends with \(root.op.spelling)", found: kernel.form.rawValue)
    }

    /// A pointwise kernel returns values that its body computes; one loop nest over their shape stores them all.
    private func checkPointwise(_ kernel: KernelGraph.Kernel, _ subject: String) throws(Diagnostic) {
        let body = kernel.body
        let roots = body.outputs.compactMap { body.definingNode(of: $0.value) }
        let last = body.nodes.last?.results.first
        try require(
            roots.count == body.outputs.count && body.outputs.contains { $0.value == last }, "kernels.root", subject,
            "a pointwise kernel returns values that it computes, the last one among them")
        for root in roots {
            try require(
                kernel.form.ends(with: root.op), "kernels.form", subject, "the form suits the operations that it returns",
                expected: "a form that ends with \(root.op.spelling)", found: kernel.form.rawValue)
        }
        let shapes = body.outputs.map { body.type(of: $0.value).shape.dimensions }
        try require(
            Set(shapes).count == 1, "kernels.result-shape", subject, "the results of a pointwise kernel have one shape",
            expected: "\(shapes[0])", found: "\(shapes)")
    }

    /// A tiled kernel returns any of its body's values; all of them have the tile axes in common, or number the tasks.
    private func checkTiles(_ kernel: KernelGraph.Kernel, _ tiling: Tiling, _ subject: String) throws(Diagnostic) {
        let body = kernel.body
        let shapes = body.outputs.map { body.type(of: $0.value).shape.dimensions }
        let sums = body.outputs.map { output in tiling.tasks.map { body.isSumOverTiles(output.value, tasks: $0) } ?? false }
        let tiled = zip(shapes, sums).filter { !$0.1 }.map(\.0)
        let extents = tiled.first?.prefix(max(0, tiling.axes)) ?? []
        try require(
            tiling.axes >= 1 && (tiled.isEmpty || extents.count == tiling.axes)
                && tiled.allSatisfy { $0.prefix(tiling.axes) == extents }, "kernels.tiles", subject,
            "the results of a tiled kernel have its tile axes in common", expected: "\(tiling.axes) leading axes",
            found: "\(shapes)")
        try require(
            Set(body.outputs.map(\.value)).count == shapes.count
                && body.outputs.allSatisfy { body.definingNode(of: $0.value) != nil }, "kernels.root", subject,
            "a tiled kernel returns different values that it computes")
        if let tasks = tiling.tasks {
            let count = body.tileCount(tasks: tasks) ?? extents.first
            try require(
                tiling.axes == 1 && tasks >= 1 && count.map { $0 % tasks == 0 && (extents.first ?? $0) == $0 } ?? false,
                "kernels.tasks", subject, "tasks share the tiles of one axis equally", expected: "a divisor of the tile count",
                found: "\(tasks)")
        }
        var end = 0
        for range in tiling.inner {
            try require(
                range.lowerBound >= end && range.upperBound <= body.nodes.count && !range.isEmpty, "kernels.inner", subject,
                "inner ranges of nodes are in order and inside the body", expected: "\(end)...\(body.nodes.count)",
                found: "\(range)")
            end = range.upperBound
        }
        try checkBlocks(tiling, body, subject)
    }

    /// Blocks of rows are cut inside a tile, or inside what runs for one index of an inner range.
    private func checkBlocks(_ tiling: Tiling, _ body: Graph, _ subject: String) throws(Diagnostic) {
        let frames = tiling.inner.isEmpty ? [0..<body.nodes.count] : tiling.inner
        var end = 0
        for block in tiling.blocks {
            let isInside = frames.contains { $0.lowerBound <= block.nodes.lowerBound && block.nodes.upperBound <= $0.upperBound }
            try require(
                isInside && block.nodes.lowerBound >= end && !block.nodes.isEmpty, "kernels.blocks", subject,
                "blocks of rows are ranges of nodes in order, each inside an inner range if there are any",
                expected: "inside one of \(frames)", found: "\(block.nodes)")
            try require(
                block.rows >= 1, "kernels.blocks", subject, "a block has rows", expected: "at least 1", found: "\(block.rows)")
            end = block.nodes.upperBound
        }
    }

    // MARK: Outputs and decisions

    /// The output's tensor exists.
    mutating func checkOutput(_ output: KernelGraph.Output, in kernels: KernelGraph) throws(Diagnostic) {
        var subject: String { "output \(output.name)" }
        try require(
            !output.name.isEmpty && outputNames.insert(output.name).inserted, "kernels.output-name", subject,
            "names of outputs are unique and not empty", found: "'\(output.name)'")
        if let updates = output.updates { try checkUpdate(output, updates, in: kernels) }
        let isItsOwn =
            switch kernels.tensors[output.tensor.index].origin {
            case .input(let position): position == output.updates
            case .view: false
            case .kernel: returned.insert(output.tensor).inserted
            }
        try require(
            isItsOwn, "kernels.output-origin", subject,
            "an output is written by a kernel, for it alone, or is the input that it updates",
            found: kernels.name(of: output.tensor))
    }

    private mutating func checkUpdate(
        _ output: KernelGraph.Output, _ updates: Int, in kernels: KernelGraph
    ) throws(Diagnostic) {
        var subject: String { "output \(output.name)" }
        try require(
            kernels.inputs.indices.contains(updates), "kernels.updates-input", subject, "an output updates an input")
        let input = kernels.inputs[updates]
        let (expected, found) = (kernels.type(of: input.tensor), kernels.type(of: output.tensor))
        try require(
            expected == found, "kernels.updates-type", subject, "an update has the type of its input",
            expected: "\(expected)", found: "\(found)")
        try require(
            input.role != .data, "kernels.updates-role", subject, "only parameters and states are updated",
            expected: "parameter or state", found: input.role.rawValue)
        try require(
            updatedInputs.insert(updates).inserted, "kernels.updates-once", subject, "an input is updated once",
            found: kernels.name(of: input.tensor))
    }

    func checkDecision(_ decision: FusionDecision) throws(Diagnostic) {
        try require(!decision.value.isEmpty, "kernels.decision", "decision", "a decision names a value")
    }
}

extension KernelForm {
    /// Whether the last operation of a kernel of this form can be the given one.
    func ends(with op: Op) -> Bool {
        switch op {
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .transpose,
            .reshape, .broadcast, .slice, .pad, .concatenate, .window, .gather:
            self == .pointwise
        case .reduce: self == .reduction
        // A product whose layout the BLAS does not take is summed up in a loop nest.
        case .dot: self == .product || self == .reduction
        case .overlapAdd, .scatterAdd: self == .accumulation
        case .matrix: self == .matrices
        case .scan: self == .loop
        }
    }
}
