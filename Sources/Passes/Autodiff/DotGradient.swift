import Graph

/// The gradient of a general matrix product is two general matrix products.
enum DotGradient {
    static func propagate(
        _ g: ValueID, _ dimensions: DotDimensions, _ left: ValueID, _ right: ValueID, _ reverse: inout ReverseMode
    ) throws(Diagnostic) {
        let leftRank = reverse.builder.shape(of: left).rank
        let rightRank = reverse.builder.shape(of: right).rank
        let leftFree = dimensions.leftFree(rank: leftRank)
        let rightFree = dimensions.rightFree(rank: rightRank)
        let batch = Array(0..<dimensions.leftBatch.count)
        let leftResult = Array(batch.count..<batch.count + leftFree.count)
        let rightResult = Array(batch.count + leftFree.count..<batch.count + leftFree.count + rightFree.count)

        try reverse.send(to: left) { b, hint throws(Diagnostic) in
            // [batch, left free, contracting in the order of the right operand's axes]
            let product = try b.dot(
                g, right,
                DotDimensions(
                    leftBatch: batch, rightBatch: dimensions.rightBatch, leftContracting: rightResult,
                    rightContracting: rightFree), hint)
            let order = dimensions.leftBatch + leftFree
                + paired(dimensions.rightContracting, with: dimensions.leftContracting)
            return try b.transpose(product, inverse(order), hint)
        }
        try reverse.send(to: right) { b, hint throws(Diagnostic) in
            let product = try b.dot(
                g, left,
                DotDimensions(
                    leftBatch: batch, rightBatch: dimensions.leftBatch, leftContracting: leftResult,
                    rightContracting: leftFree), hint)
            let order = dimensions.rightBatch + rightFree
                + paired(dimensions.leftContracting, with: dimensions.rightContracting)
            return try b.transpose(product, inverse(order), hint)
        }
    }

    /// The partners of `axes` once `axes` are sorted.
    private static func paired(_ axes: [Int], with partners: [Int]) -> [Int] {
        zip(axes, partners).sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// Where `order[i]` is the final axis of result axis `i`, the permutation that brings the result into final order.
    private static func inverse(_ order: [Int]) -> [Int] {
        var permutation = [Int](repeating: 0, count: order.count)
        for (position, axis) in order.enumerated() { permutation[axis] = position }
        return permutation
    }
}
