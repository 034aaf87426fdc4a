import Data
import Foundation
import Graph

/// Parameters of a plan on the way between files, their first values and a running instance.
public struct ParameterStore: Sendable {
    public let parameters: [PlanManifest.Parameter]

    public init(_ manifest: PlanManifest) { self.init(parameters: manifest.parameters) }

    public init(parameters: [PlanManifest.Parameter]) {
        self.parameters = parameters
    }

    /// First values drawn from a seed; each parameter has its own stream, so that one more parameter changes no other.
    public func initialValues(seed: Int) -> [String: HostTensor] {
        var values: [String: HostTensor] = [:]
        for parameter in parameters {
            let count = parameter.elementCount
            var floats = [Float](repeating: Float(parameter.constant ?? 0), count: count)
            if let bound = parameter.uniformBound {
                var generator = SplitMix64(seed: UInt64(bitPattern: Int64(seed)), stream: Self.stream(parameter.name))
                for index in 0..<count { floats[index] = Float((generator.uniform() * 2 - 1) * bound) }
            }
            values[parameter.name] = HostTensor(shape: parameter.shape, floats: floats)
        }
        return values
    }

    /// FNV-1a of the name.
    private static func stream(_ name: String) -> UInt64 {
        name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }

    /// Checks that tensors from a file fit the parameters by name, shape and type.
    ///
    /// A parameter is found by its name, or as `param.NAME`; other tensors of the file are ignored.
    public func matching(_ tensors: [String: HostTensor], file: String) throws(Diagnostic) -> [String: HostTensor] {
        var values: [String: HostTensor] = [:]
        for parameter in parameters {
            guard let tensor = tensors[parameter.name] ?? tensors["param.\(parameter.name)"] else {
                throw Diagnostic(
                    "weights.missing", file, "the file has no tensor \(parameter.name)", expected: "shape \(parameter.shape)")
            }
            guard tensor.shape == parameter.shape else {
                throw Diagnostic(
                    "weights.shape", "\(file): \(parameter.name)", "shape of the tensor", expected: "\(parameter.shape)",
                    found: "\(tensor.shape)")
            }
            switch tensor.storage {
            case .f32, .f64: values[parameter.name] = tensor
            case .i32, .i64, .bool, .text:
                throw Diagnostic(
                    "weights.type", "\(file): \(parameter.name)", "element type of the tensor", expected: "F32 or F64",
                    found: tensor.elementTypeName)
            }
        }
        return values
    }

    /// Checks that training can start from values: one that is not finite would spoil all others.
    public func checkFinite(_ values: [String: HostTensor], file: String) throws(Diagnostic) {
        for parameter in parameters {
            guard let value = values[parameter.name]?.floats?.first(where: { !$0.isFinite }) else { continue }
            throw Diagnostic(
                "weights.value", "\(file): \(parameter.name)", "an element is not finite", expected: "finite f32 numbers",
                found: "\(value)")
        }
    }

    /// Puts values into a running instance.
    public func load(_ values: [String: HostTensor], into instance: PlanInstance, entry: Int) throws(Diagnostic) {
        for parameter in parameters {
            guard let tensor = values[parameter.name], let floats = tensor.floats else { continue }
            try instance.set(parameter.name, entry: entry, to: floats)
        }
    }

    /// The values as they stand in a running instance.
    public func values(in instance: PlanInstance, entry: Int) throws(Diagnostic) -> [String: HostTensor] {
        var values: [String: HostTensor] = [:]
        for parameter in parameters {
            values[parameter.name] = HostTensor(
                shape: parameter.shape, floats: try instance.stored(parameter.name, entry: entry))
        }
        return values
    }
}
