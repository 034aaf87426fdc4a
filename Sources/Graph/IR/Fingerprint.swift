/// A hash of what a graph computes, the same on every machine and in every run.
///
/// Names play no part; types, roles, updates, and the order of inputs, nodes and outputs do.
public struct Fingerprint: Hashable, Sendable {
    public let bits: UInt128

    public init(_ graph: Graph) {
        var hash = StableHash()
        hash.add(graph)
        bits = hash.state
    }
}

extension Fingerprint: CustomStringConvertible {
    /// Thirty-two hexadecimal digits.
    public var description: String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}
