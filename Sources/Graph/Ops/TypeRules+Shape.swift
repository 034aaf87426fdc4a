/// Checks the rules that every type obeys: few axes, no negative extent and a bounded number of elements.
///
/// Sizes are computed without overflow checks everywhere else, so a type from outside must pass here first.
public func checkType(_ type: TensorType) throws(Diagnostic) {
    try TensorType.checkShape(type.shape, subject: "type")
}

extension TensorType {
    /// The largest number of axes; algorithms over axes may then be quadratic.
    static let maximumRank = 16
    /// The largest number of elements of one tensor; keeps every size computation far from overflow.
    static let maximumElements = 1 << 40

    static func checkShape(_ shape: Shape, subject: String) throws(Diagnostic) {
        guard shape.rank <= TensorType.maximumRank else {
            throw Diagnostic(
                "type.rank", subject, "a tensor has at most \(TensorType.maximumRank) axes", found: "\(shape.rank)")
        }
        var product = 1
        for extent in shape.dimensions {
            guard extent >= 0 else {
                throw Diagnostic("type.extent", subject, "extents are not negative", found: shape.description)
            }
            // An extent of zero counts as one, so that the other extents stay bounded too.
            let (next, overflow) = product.multipliedReportingOverflow(by: max(extent, 1))
            guard !overflow && next <= TensorType.maximumElements else {
                throw Diagnostic(
                    "type.size", subject, "a tensor has at most 2^40 elements", found: shape.description)
            }
            product = next
        }
    }
}
