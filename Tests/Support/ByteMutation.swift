import Data

/// Small changes of a file that knows nothing of its format.
package enum ByteMutation {
    /// One to three places changed, moved, doubled or removed.
    package static func mutated(_ original: [UInt8], _ generator: inout SplitMix64) -> [UInt8] {
        var bytes = original
        if bytes.isEmpty { return bytes }
        for _ in 0...generator.index(below: 3) {
            let place = generator.index(below: bytes.count)
            let length = min(1 + generator.index(below: 9), bytes.count - place)
            switch generator.index(below: 6) {
            case 0: bytes[place] = UInt8(generator.index(below: 256))
            case 1: bytes[place] ^= 1 << UInt8(generator.index(below: 8))
            case 2: bytes.removeSubrange(place..<(place + length))
            case 3: bytes.insert(contentsOf: bytes[place..<(place + length)], at: generator.index(below: bytes.count))
            case 4:
                // What lengths and offsets are tested with.
                let extremes: [UInt8] = [0, 0x7f, 0x80, 0xff]
                for index in place..<(place + length) { bytes[index] = extremes[generator.index(below: extremes.count)] }
            default:
                let other = generator.index(below: bytes.count - length + 1)
                bytes.replaceSubrange(place..<(place + length), with: bytes[other..<(other + length)])
            }
            if bytes.isEmpty { return bytes }
        }
        return bytes
    }
}
