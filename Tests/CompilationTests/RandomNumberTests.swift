import Graph
import Testing

/// The generator behind dropout: known answers, and what one may expect of uniform numbers.
@Suite struct RandomNumberTests {
    @Test func knownAnswers() {
        // From the published tests of Philox 4x32-10.
        let ones = UInt32.max
        #expect(Philox.words(counter: (0, 0, 0, 0), key: (0, 0)) == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        #expect(Philox.words(counter: (ones, ones, ones, ones), key: (ones, ones)) == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
        #expect(
            Philox.words(counter: (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: (0xa409_3822, 0x299f_31d0))
                == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }

    private static let count = 40_000

    private func numbers(_ key: [Double], stream: Int) throws -> [Double] {
        let graph = try Graph.parsed(
            """
            input %key : i32[2]
            %u = random_uniform %key {stream=\(stream)} : f32[\(Self.count)]
            output u = %u
            """)
        return try graph.run([Tensor(TensorType(.i32, [2]), key)])[0].elements
    }

    /// Standard deviations between a share of the numbers and its expected value.
    private func deviations(_ share: Double, _ rate: Double) -> Double {
        abs(share - rate) / (rate * (1 - rate) / Double(Self.count)).squareRoot()
    }

    @Test(arguments: [[0, 0], [1, 2], [-5, 2_147_483_647]], [0, 17])
    func sharesAreTheRates(_ key: [Double], _ stream: Int) throws {
        let numbers = try numbers(key, stream: stream)
        #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
        for rate in [0.05, 0.1, 0.2, 0.5, 0.9] {
            let below = Double(numbers.count { $0 < rate }) / Double(Self.count)
            #expect(deviations(below, rate) < 4.5, "key \(key), stream \(stream), rate \(rate): \(below)")
        }
        // Neighbours, and elements of the same block, know nothing of each other.
        for distance in [1, 16, 64] {
            let both = zip(numbers, numbers[distance...]).count { $0 < 0.5 && $1 < 0.5 }
            #expect(deviations(Double(both) / Double(Self.count - distance), 0.25) < 4.5, "key \(key), distance \(distance)")
        }
    }

    @Test func keysAndStreamsAreIndependent() throws {
        let all = [
            try numbers([1, 2], stream: 0), try numbers([1, 2], stream: 1), try numbers([2, 2], stream: 0),
            try numbers([1, 3], stream: 0), try numbers([2, 1], stream: 0),
        ]
        for (a, first) in all.enumerated() {
            for (b, second) in all.enumerated() where a < b {
                let both = zip(first, second).count { $0 < 0.5 && $1 < 0.5 }
                #expect(deviations(Double(both) / Double(Self.count), 0.25) < 4.5, "\(a) and \(b)")
                #expect(zip(first, second).count { $0 == $1 } < 10)
            }
        }
    }
}
