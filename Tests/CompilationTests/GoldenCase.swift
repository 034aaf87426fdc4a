import Data
import Graph
import Models

/// A small model with inputs, weights and the numbers that the authors' model computes from them in double precision.
struct GoldenCase: Sendable {
    static let names = [
        "mosi_small", "iemocap_small", "masked_small", "selfattn_small", "sims_small", "sumcost_small",
        "two_modalities", "fewer_than_k",
    ]

    let name: String
    let spec: ModelSpec
    private let tensors: [String: HostTensor]

    init(_ name: String) throws {
        let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        self.name = name
        spec = try ModelSpec.load("/\(tests)/Golden/models/\(name).json")
        tensors = try Safetensors.read(path: "/\(tests)/Golden/models/\(name).safetensors")
    }

    /// The recorded numbers under a key, such as `out.task_loss`; none where nothing is recorded.
    func numbers(_ key: String) -> [Double] { tensors[key]?.doubles ?? [] }

    var parameters: [String] { tensors.keys.filter { $0.hasPrefix("param.") }.map { String($0.dropFirst(6)) }.sorted() }

    func model() throws -> DecAlign { try DecAlign(spec: spec, sizes: ModelSizes(spec: spec)) }

    /// A tensor for every input of a graph: features, weights, the learning rate, a key, and optimizer state of zero.
    func inputs(_ graph: Graph) -> [Tensor] {
        graph.inputs.map { input in
            let (name, type) = (graph.name(of: input.value), graph.type(of: input.value))
            switch input.role {
            case .parameter: return Tensor(type, numbers("param.\(name)"))
            case .state: return Tensor(type, repeating: 0)
            case .data:
                switch name {
                case "learning_rate": return Tensor(type, [spec.training.learningRate])
                case "key": return Tensor(type, [3, 7])
                default: return Tensor(type, numbers("in.\(name)"))
                }
            }
        }
    }
}
