import Data
import Graph
import Models

/// A small model with inputs, weights and the numbers that the authors' model computes from them in double precision.
struct GoldenCase: CustomStringConvertible {
    static let names = [
        "mosi_small", "iemocap_small", "masked_small", "selfattn_small", "sims_small", "sumcost_small",
        "two_modalities", "fewer_than_k",
    ]

    let name: String
    let spec: ModelSpec
    let tensors: [String: HostTensor]

    var description: String { name }

    static func path(_ file: String) -> String {
        let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        return "/\(tests)/Golden/models/\(file)"
    }

    init(_ name: String) throws {
        self.name = name
        spec = try ModelSpec.load(Self.path("\(name).json"))
        tensors = try Safetensors.read(path: Self.path("\(name).safetensors"))
    }

    func model() throws -> DecAlign {
        try DecAlign(spec: spec, sizes: ModelSizes(spec: spec))
    }

    /// A tensor for every input of a graph.
    func inputs(_ graph: Graph) throws -> [String: Tensor] {
        var inputs: [String: Tensor] = [:]
        for input in graph.inputs {
            let name = graph.name(of: input.value)
            let key = input.role == .parameter ? "param.\(name)" : "in.\(name)"
            if let values = tensors[key]?.doubles { inputs[name] = Tensor(graph.type(of: input.value), values) }
        }
        return inputs
    }

    /// The shapes of the stored weights.
    var parameterShapes: [String: [Int]] {
        var shapes: [String: [Int]] = [:]
        for (name, tensor) in tensors where name.hasPrefix("param.") {
            shapes[String(name.dropFirst(6))] = tensor.shape
        }
        return shapes
    }

    /// What the model computes, by the graph's output names.
    func expected() throws -> [String: [Double]] {
        var expected: [String: [Double]] = [:]
        let names = [
            "logits": "output_logit", "final_rep": "final_rep", "loss.task": "task_loss", "loss.dec": "dec_loss",
            "loss.hete": "hete_loss", "loss.homo": "homo_loss", "loss.ct": "ct_loss", "loss.total": "total_loss",
        ]
        for (output, key) in names { expected[output] = tensors["out.\(key)"]?.doubles }
        return expected
    }
}
