/// A function of the generated code; the name tells all that parameters and body depend on.
public struct CFunction: Hashable, Sendable {
    public var name: String
    public var parameters: String
    /// Statements in braces.
    public var body: String
}

/// The functions of a plan's kernels; equal code is one function.
struct KernelFunctions {
    /// In the order of their definition: what a function calls stands before it.
    private(set) var all: [CFunction] = []
    private var nameOfCode: [CodeKey: String] = [:]
    private var defined: Set<String> = []

    private struct CodeKey: Hashable {
        var body: String
        var takesStreams: Bool
    }

    private static let parameters = "(void *const *p, const dg_blas *blas, long begin, long end"

    /// The name of the function that runs a kernel, without its prefix.
    mutating func name(for code: KernelCode, hint: String) -> String {
        for function in code.functions { add(function) }
        let key = CodeKey(body: code.body, takesStreams: !code.streams.isEmpty)
        let name = nameOfCode[key] ?? "\(hint)_\(nameOfCode.count)"
        if nameOfCode[key] == nil {
            nameOfCode[key] = name
            add(CFunction(
                name: "dg_\(name)", parameters: Self.parameters + (code.streams.isEmpty ? ")" : ", const int *streams)"),
                body: code.body))
        }
        guard !code.streams.isEmpty else { return name }
        // Kernels that differ only in their streams of random numbers share the code.
        let streams = code.streams.map(String.init)
        let bound = "\(name)_\(streams.joined(separator: "_"))"
        add(bound, body: "{\n    static const int streams[] = {\(streams.joined(separator: ", "))};\n"
            + "    dg_\(name)(p, blas, begin, end, streams);\n}\n")
        return bound
    }

    /// A kernel function whose name says all about it.
    mutating func add(_ name: String, body: String) {
        add(CFunction(name: "dg_\(name)", parameters: Self.parameters + ")", body: body))
    }

    private mutating func add(_ function: CFunction) {
        guard defined.insert(function.name).inserted else { return }
        all.append(function)
    }
}
