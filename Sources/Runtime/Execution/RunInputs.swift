import Data
import Graph

/// The tensors of a file, as inputs of an entry.
struct RunInputs {
    private let tensors: [String: HostTensor]
    /// Where the tensors come from, for messages.
    let file: String
    /// Of a classification: labels are then numbers of classes.
    private let classCount: Int?

    init(_ tensors: [String: HostTensor], file: String, classCount: Int?) {
        self.tensors = tensors
        self.file = file
        self.classCount = classCount
    }

    /// A tensor by its name, data also as `in.NAME` and parameters as `param.NAME`.
    subscript(name: String) -> HostTensor? {
        tensors[name] ?? tensors["in.\(name)"] ?? tensors["param.\(name)"]
    }

    /// The elements of a tensor that is an input of this type; nil where the file has none of this name.
    func elements(_ name: String, _ type: TensorType) throws(Diagnostic) -> [Double]? {
        guard let tensor = self[name] else { return nil }
        guard tensor.shape == type.shape.dimensions else {
            throw Diagnostic(
                "run.shape", subject(name), "the tensor has another shape than the input", expected: "\(type.shape)",
                found: "\(tensor.shape)")
        }
        guard Self.accepted(type.elementType, name).contains(tensor.elementTypeName), let elements = tensor.doubles else {
            throw Diagnostic(
                "run.type", subject(name), "the tensor's elements are not of the input's kind",
                expected: Self.accepted(type.elementType, name).joined(separator: " or "), found: tensor.elementTypeName)
        }
        if type.elementType == .i32, let bad = elements.first(where: { Int32(exactly: $0) == nil }) {
            throw Diagnostic("run.type", subject(name), "elements are whole numbers of 32 bits", found: "\(bad)")
        }
        if name == "label" { try checkLabels(elements) }
        return elements
    }

    /// Wider numbers are rounded; labels may be whole numbers, as classes are.
    private static func accepted(_ type: ElementType, _ name: String) -> [String] {
        switch type {
        case .f32, .f64: name == "label" ? ["f32", "f64", "i32", "i64"] : ["f32", "f64"]
        case .i32: ["i32", "i64"]
        case .bool: ["bool"]
        }
    }

    private func checkLabels(_ labels: [Double]) throws(Diagnostic) {
        if let classCount {
            return try ClassLabels.check(labels.map { Float($0) }, classCount: classCount, subject: subject("label"))
        }
        guard let index = labels.firstIndex(where: { !$0.isFinite }) else { return }
        throw Diagnostic(
            "run.label", subject("label"), "label \(index) is not a finite number", expected: "finite labels",
            found: "\(labels[index])")
    }

    private func subject(_ name: String) -> String { "\(file): \(name)" }
}
