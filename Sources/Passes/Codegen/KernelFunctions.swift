/// The kernel functions of a plan; equal text is one function.
struct KernelFunctions {
    struct Function {
        var name: String
        /// Parameters and body.
        var text: String
    }

    private(set) var all: [Function] = []
    private var nameOfText: [String: String] = [:]
    private var defined: Set<String> = []

    mutating func name(for text: String, hint: String) -> String {
        if let name = nameOfText[text] { return name }
        let name = "\(hint)_\(nameOfText.count)"
        nameOfText[text] = name
        add(name, text)
        return name
    }

    mutating func add(_ name: String, _ text: String) {
        guard defined.insert(name).inserted else { return }
        all.append(Function(name: name, text: text))
    }
}
