/// Which epoch of one program is which of another: epochs that most of their steps agree on, in order.
///
/// An epoch more in the middle puts all later ones off without a step of theirs having moved.
struct EpochAlignment {
    /// By epoch of the first program its partner.
    let partner: [Int: Int]

    /// - Parameter pairs: the epochs of steps that stand for each other, in any order: nobody has verified the programs.
    init(_ pairs: [(a: Int, b: Int)]) {
        var votes: [Int: [Int: Int]] = [:]
        for pair in pairs { votes[pair.a, default: [:]][pair.b, default: 0] += 1 }
        let epochs = votes.keys.sorted()
        // Of as many votes the same number wins: then only what moved is told.
        let choices = epochs.map { epoch in
            votes[epoch]?.max { ($0.value, $0.key == epoch ? 1 : 0, $1.key) < ($1.value, $1.key == epoch ? 1 : 0, $0.key) }
                ?? (key: epoch, value: 0)
        }
        // The heaviest chain of choices that ascend.
        var best: [(weight: Int, previous: Int?)] = []
        for (position, choice) in choices.enumerated() {
            var link: (weight: Int, previous: Int?) = (0, nil)
            for earlier in 0..<position where choices[earlier].key < choice.key && best[earlier].weight > link.weight {
                link = (best[earlier].weight, earlier)
            }
            best.append((link.weight + choice.value, link.previous))
        }
        var partner: [Int: Int] = [:]
        var next = best.indices.max { best[$0].weight < best[$1].weight }
        while let position = next {
            partner[epochs[position]] = choices[position].key
            next = best[position].previous
        }
        self.partner = partner
    }
}
