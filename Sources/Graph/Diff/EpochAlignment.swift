/// Which epoch of one program is which of another: epochs that most of their steps agree on, in order.
///
/// An epoch more in the middle puts all later ones off without a step of theirs having moved.
struct EpochAlignment {
    /// For each epoch of the first program its partner.
    let partner: [Int?]

    /// - Parameter pairs: the epochs of steps that stand for each other.
    init(_ pairs: [(a: Int, b: Int)], count: Int) {
        var votes: [[Int: Int]] = Array(repeating: [:], count: count)
        for pair in pairs where votes.indices.contains(pair.a) { votes[pair.a][pair.b, default: 0] += 1 }
        // Of as many votes the same number wins: then only what moved is told.
        let choices = votes.enumerated().map { epoch, votes in
            votes.max { ($0.value, $0.key == epoch ? 1 : 0, $1.key) < ($1.value, $1.key == epoch ? 1 : 0, $0.key) }
        }
        // The heaviest chain of choices that ascend.
        var best: [(weight: Int, previous: Int?)] = []
        for (epoch, choice) in choices.enumerated() {
            var link: (weight: Int, previous: Int?) = (0, nil)
            guard let choice else {
                best.append(link)
                continue
            }
            for earlier in 0..<epoch where (choices[earlier]?.key ?? Int.max) < choice.key && best[earlier].weight > link.weight {
                link = (best[earlier].weight, earlier)
            }
            best.append((link.weight + choice.value, link.previous))
        }
        var partner = [Int?](repeating: nil, count: count)
        var next = best.indices.max { best[$0].weight < best[$1].weight }
        while let epoch = next, let choice = choices[epoch] {
            partner[epoch] = choice.key
            next = best[epoch].previous
        }
        self.partner = partner
    }
}
