/// Checks that a kernel graph is what planning and code generation take for granted.
///
/// 1. Every tensor id is in range (`kernels.tensor-range`).
/// 2. Tensors are numbered in the order of their definition: the inputs, then views and results of kernels in one order;
///    the results of one kernel follow each other, and kernels stand in the order of their results; so each tensor is
///    defined exactly once (`kernels.numbering`).
/// 3. Every tensor records the place that defines it (`kernels.origin`).
/// 4. Views and kernels use only tensors that are defined before them (`kernels.use-before-definition`).
/// 5. Names of tensors are unique and not empty (`kernels.name`), and so are those of kernels (`kernels.kernel-name`).
/// 6. Types obey the rules of all types (`type.*`).
/// 7. A view has its source's element type and number of elements (`kernels.view-type`).
/// 8. A kernel's operands and results have the types of its body's inputs and outputs (`kernels.operand-types`,
///    `kernels.result-types`).
/// 9. A body obeys the rules of graphs (`GraphVerifier`); its inputs have the role data, so that its outputs update
///    nothing (`kernels.body-role`), and it is named `body` (`kernels.body-name`).
/// 10. A body returns the results of its last operation, in order (`kernels.root`), and the kernel's form suits that
///     operation (`kernels.form`); a pointwise kernel may return further results of its operations, if all of them have one
///     shape (`kernels.result-shape`).
/// 11. Names of outputs are unique and not empty (`kernels.output-name`); each output is written by a kernel, for it
///     alone, or is the input that it updates, which then stays as it is (`kernels.output-origin`).
/// 12. `updates` names an input (`kernels.updates-input`) of the output's type (`kernels.updates-type`) with the role
///     parameter or state (`kernels.updates-role`), each input at most once (`kernels.updates-once`).
/// 13. A decision names a value (`kernels.decision`).
public enum KernelGraphVerifier {
    /// - Throws: the first broken rule, as a compiler bug.
    public static func verify(_ kernels: KernelGraph) throws(Diagnostic) {
        do throws(Diagnostic) {
            var checker = KernelGraphChecker(kernels)
            try checker.check()
        } catch {
            var bug = error
            bug.kind = .compilerBug
            bug.subject = "kernels @\(kernels.name), \(error.subject)"
            throw bug
        }
    }
}

/// One kernel graph under verification, as far as it is checked.
private struct KernelGraphChecker {
    private let kernels: KernelGraph
    /// How many tensors are defined so far; by rule 2 they are the first ones.
    private var defined = 0
    private var definedKernels = 0
    private var names: Set<String> = []
    private var rules = KernelGraphRules()

    init(_ kernels: KernelGraph) {
        self.kernels = kernels
    }

    mutating func check() throws(Diagnostic) {
        for (position, input) in kernels.inputs.enumerated() { try define(input.tensor, .input(position)) }
        while defined < kernels.tensors.count { try checkNext() }
        guard definedKernels == kernels.kernels.count else {
            throw fail(
                "kernels.numbering", "kernel \(kernels.kernels[definedKernels].name)", "each kernel defines tensors",
                expected: "\(definedKernels) kernels", found: "\(kernels.kernels.count)")
        }
        for output in kernels.outputs {
            try checkRange(output.tensor, "output \(output.name)")
            try rules.checkOutput(output, in: kernels)
        }
        for decision in kernels.decisions { try rules.checkDecision(decision) }
    }

    private func fail(
        _ id: String, _ subject: String, _ message: String, expected: String? = nil, found: String? = nil
    ) -> Diagnostic {
        Diagnostic(id, subject, message, expected: expected, found: found)
    }

    private func checkRange(_ tensor: TensorID, _ subject: @autoclosure () -> String) throws(Diagnostic) {
        guard kernels.tensors.indices.contains(tensor.index) else {
            throw fail(
                "kernels.tensor-range", subject(), "tensor ids are in range", expected: "0..<\(kernels.tensors.count)",
                found: "\(tensor.index)")
        }
    }

    private func checkUse(_ tensor: TensorID, _ subject: @autoclosure () -> String) throws(Diagnostic) {
        try checkRange(tensor, subject())
        guard tensor.index < defined else {
            throw fail(
                "kernels.use-before-definition", subject(), "tensors are defined before their use",
                found: kernels.name(of: tensor))
        }
    }

    private mutating func define(_ id: TensorID, _ origin: KernelGraph.Origin) throws(Diagnostic) {
        try checkRange(id, "\(origin)")
        let tensor = kernels.tensors[id.index]
        guard id.index == defined else {
            throw fail(
                "kernels.numbering", tensor.name, "tensors are numbered in the order of their definition",
                expected: "\(defined)", found: "\(id.index)")
        }
        guard tensor.origin == origin else {
            throw fail(
                "kernels.origin", tensor.name, "the tensor records where it is defined", expected: "\(origin)",
                found: "\(tensor.origin)")
        }
        guard !tensor.name.isEmpty, names.insert(tensor.name).inserted else {
            throw fail("kernels.name", "tensor \(id.index)", "names are unique and not empty", found: "'\(tensor.name)'")
        }
        try checkType(tensor.type)
        defined += 1
    }

    /// Checks what defines the first tensor that is not defined yet.
    private mutating func checkNext() throws(Diagnostic) {
        let tensor = kernels.tensors[defined]
        switch tensor.origin {
        case .input:
            throw fail("kernels.origin", tensor.name, "the tensor is an input", found: "\(tensor.origin)")
        case .view(let source):
            try checkUse(source, "view \(tensor.name)")
            try define(TensorID(defined), tensor.origin)
            try rules.checkView(tensor.name, tensor.type, of: kernels.type(of: source))
        case .kernel(let position):
            guard position == definedKernels, position < kernels.kernels.count else {
                throw fail(
                    "kernels.numbering", tensor.name, "kernels stand in the order of their results",
                    expected: "kernel \(definedKernels)", found: "kernel \(position)")
            }
            try check(kernels.kernels[position], position)
        }
    }

    private mutating func check(_ kernel: KernelGraph.Kernel, _ position: Int) throws(Diagnostic) {
        var subject: String { "kernel \(kernel.name)" }
        for operand in kernel.operands { try checkUse(operand, subject) }
        guard !kernel.results.isEmpty else { throw fail("kernels.numbering", subject, "each kernel defines tensors") }
        for result in kernel.results { try define(result, .kernel(position)) }
        definedKernels += 1
        do throws(Diagnostic) {
            try GraphVerifier.verify(kernel.body)
        } catch {
            var inner = error
            inner.subject = "\(subject), \(error.subject)"
            throw inner
        }
        try rules.checkKernel(
            kernel, operands: kernel.operands.map { kernels.type(of: $0) },
            results: kernel.results.map { kernels.type(of: $0) })
    }
}
