import Graph

/// Which later kernel all that is made of a kernel's results passes through, in a part of a kernel graph.
struct PostDominators {
    /// By kernel of the graph: the nearest later kernel that every use leads through; nil where there is none, and outside the part.
    let immediate: [Int?]

    /// - Parameters:
    ///   - consumers: by kernel, those in the part that read its results, all of them later than the kernel; nil outside the part.
    ///   - isExit: whether a kernel's results are wanted for themselves, too.
    init(consumers: [[Int]?], isExit: (Int) -> Bool) {
        var immediate = [Int?](repeating: nil, count: consumers.count)
        var depth = [Int](repeating: 0, count: consumers.count)
        for kernel in consumers.indices.reversed() {
            guard let readers = consumers[kernel], !isExit(kernel) else { continue }
            var common = readers.first
            for reader in readers.dropFirst() { common = Self.meeting(common, reader, immediate, depth) }
            immediate[kernel] = common
            depth[kernel] = common.map { depth[$0] + 1 } ?? 0
        }
        self.immediate = immediate
    }

    /// The first kernel that the ways from both to the end have in common.
    private static func meeting(_ first: Int?, _ second: Int?, _ immediate: [Int?], _ depth: [Int]) -> Int? {
        var (a, b) = (first, second)
        while let left = a, let right = b, left != right {
            // Of two kernels that are not the same, the one farther from the end cannot be on the other's way.
            if depth[left] >= depth[right] { a = immediate[left] } else { b = immediate[right] }
        }
        return a == nil || b == nil ? nil : a
    }
}
