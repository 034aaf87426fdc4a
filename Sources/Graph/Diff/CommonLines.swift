/// The lines that two texts have in common, in order.
///
/// Lines that occur once in both texts are fixed points, and only what lies between them is compared line by line: texts of
/// tens of thousands of lines would take minutes otherwise.
enum CommonLines {
    /// Bounds the work between two fixed points; more is taken as replaced.
    private static let mostComparisons = 16_000_000

    /// Pairs of places, ascending; lines are told by numbers.
    static func find(_ a: [Int], _ b: [Int]) -> [(Int, Int)] {
        var pairs: [(Int, Int)] = []
        var (startA, startB) = (0, 0)
        for point in fixedPoints(a, b) + [(a.count, b.count)] {
            pairs += compare(a[startA..<point.0], b[startB..<point.1])
            if point.0 < a.count { pairs.append(point) }
            (startA, startB) = (point.0 + 1, point.1 + 1)
        }
        return pairs
    }

    /// The longest ascending chain of lines that are unique in both texts.
    private static func fixedPoints(_ a: [Int], _ b: [Int]) -> [(Int, Int)] {
        let (placesA, placesB) = (uniquePlaces(a), uniquePlaces(b))
        let points = placesA.compactMap { line, place in placesB[line].map { (place, $0) } }.sorted { $0.0 < $1.0 }
        // For each length of a chain the point that it ends with lowest.
        var ends: [Int] = []
        var previous = [Int?](repeating: nil, count: points.count)
        for (index, point) in points.enumerated() {
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = (low + high) / 2
                if points[ends[middle]].1 < point.1 { low = middle + 1 } else { high = middle }
            }
            previous[index] = low > 0 ? ends[low - 1] : nil
            if low < ends.count { ends[low] = index } else { ends.append(index) }
        }
        var chain: [(Int, Int)] = []
        var next = ends.last
        while let index = next {
            chain.append(points[index])
            next = previous[index]
        }
        return chain.reversed()
    }

    private static func uniquePlaces(_ lines: [Int]) -> [Int: Int] {
        var places: [Int: Int?] = [:]
        for (place, line) in lines.enumerated() { places[line] = .some(places[line] == nil ? place : nil) }
        return places.compactMapValues { $0 }
    }

    private static func compare(_ a: ArraySlice<Int>, _ b: ArraySlice<Int>) -> [(Int, Int)] {
        guard !a.isEmpty, !b.isEmpty, a.count * b.count <= mostComparisons else { return [] }
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in Array(b).difference(from: Array(a)) {
            switch change {
            case .remove(let offset, _, _): removed.insert(a.startIndex + offset)
            case .insert(let offset, _, _): added.insert(b.startIndex + offset)
            }
        }
        return Array(zip(a.indices.filter { !removed.contains($0) }, b.indices.filter { !added.contains($0) }))
    }
}
