import Data
import Graph

/// Named tensors in a safetensors file or an npz archive.
///
/// The tests' own view of them: files with tests do not import the module of file formats.
struct TensorFile: Equatable {
    private var tensors: [String: HostTensor]

    init() { tensors = [:] }

    init(safetensors path: String) throws { tensors = try Safetensors.read(path: path) }

    init(npz path: String) throws { tensors = try NpzFile.read(path: path) }

    func write(safetensors path: String) throws -> String {
        try Safetensors.write(tensors, to: path)
        return path
    }

    func write(npz path: String) throws -> String {
        try NpzFile.write(tensors, to: path)
        return path
    }

    var names: [String] { tensors.keys.sorted() }

    func values(_ name: String) -> [Double]? { tensors[name]?.doubles }

    func shape(_ name: String) -> [Int]? { tensors[name]?.shape }

    func elementType(_ name: String) -> String? { tensors[name]?.elementTypeName }

    mutating func set(_ name: String, _ shape: [Int], floats: [Float]) {
        tensors[name] = HostTensor(shape: shape, floats: floats)
    }

    mutating func set(_ name: String, _ shape: [Int], doubles: [Double]) {
        tensors[name] = HostTensor(shape: shape, doubles: doubles)
    }

    mutating func set(_ name: String, _ shape: [Int], integers: [Int64]) {
        tensors[name] = HostTensor(shape: shape, int64s: integers)
    }

    mutating func set(_ name: String, _ shape: [Int], truths: [Bool]) {
        tensors[name] = HostTensor(shape: shape, bools: truths)
    }

    mutating func remove(_ name: String) { tensors[name] = nil }

    /// The tensors whose names start so, under the rest of their names.
    func dropping(prefix: String) -> TensorFile {
        var rest = TensorFile()
        for (name, tensor) in tensors where name.hasPrefix(prefix) { rest.tensors[String(name.dropFirst(prefix.count))] = tensor }
        return rest
    }

    /// Both files' tensors.
    func merging(_ other: TensorFile) -> TensorFile {
        var merged = self
        merged.tensors.merge(other.tensors) { $1 }
        return merged
    }
}
