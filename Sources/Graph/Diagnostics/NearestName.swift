/// Which of the known names somebody may have meant.
public enum NearestName {
    /// The known names that differ from `name` in few characters, the nearest first.
    public static func suggestions(for name: String, among known: [String], atMost count: Int = 1) -> [String] {
        let close = known.map { (name: $0, distance: distance(name, $0)) }.filter { $0.distance <= max(2, name.count / 3) }
        return close.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(count).map(\.name)
    }

    /// How many insertions, removals and replacements of characters lead from one text to the other.
    private static func distance(_ a: String, _ b: String) -> Int {
        // Long enough for every name, and short enough for whatever somebody may paste.
        let (a, b) = (Array(a.prefix(64)), Array(b.prefix(64)))
        var row = Array(0...b.count)
        for (i, character) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let replaced = diagonal + (character == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}
