import Data
import Foundation

/// Records of TensorBoard's event files: an `Event` message in a frame of its length and two checksums.
///
/// The frame is that of TFRecord files (little-endian length, masked CRC-32C of the length, message, masked CRC-32C of the
/// message); of `event.proto` and `summary.proto` there are wall_time (1, double), step (2, int64), file_version (3, string)
/// and summary (5) with values (1) of tag (1, string) and simple_value (2, float).
enum EventRecord {
    /// What a file begins with.
    static var version: [UInt8] { frame(time + text(3, "brain.Event:2")) }

    static func epoch(_ epoch: Trainer.Epoch) -> [UInt8] {
        var values = [("loss/train", epoch.trainLoss), ("loss/valid", epoch.valid.loss), ("learning_rate", epoch.learningRate)]
        values += epoch.components.map { ("train/\($0.name.dropFirst("loss.".count))", $0.value) }
        values += epoch.valid.metrics.entries.map { ("valid/\($0.name)", $0.value) }
        return event(step: epoch.number, values)
    }

    static func result(_ result: RunResult) -> [UInt8] {
        event(step: result.testedEpoch, [("test/loss", result.loss)] + result.metrics.map { ("test/\($0.name)", $0.value) })
    }

    /// The bytes that the first records take; nil where there are fewer whole ones.
    static func size(ofFirst count: Int, in bytes: [UInt8]) -> Int? {
        var end = 0
        for _ in 0..<count {
            guard end + 12 <= bytes.count else { return nil }
            let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[end + $1]) << (8 * UInt64($1)) }
            guard let size = Int(exactly: length), size <= bytes.count - end - 16 else { return nil }
            end += 12 + size + 4
        }
        return end
    }

    // MARK: Messages

    private static func event(step: Int, _ values: [(tag: String, value: Double)]) -> [UInt8] {
        let summary = values.flatMap { value in
            message(1, text(1, value.tag) + key(2, 5) + littleEndian(Float(value.value).bitPattern))
        }
        return frame(time + key(2, 0) + varint(UInt64(step)) + message(5, summary))
    }

    private static var time: [UInt8] { key(1, 1) + littleEndian(Date().timeIntervalSince1970.bitPattern) }

    private static func key(_ field: UInt64, _ wireType: UInt64) -> [UInt8] { varint(field << 3 | wireType) }

    private static func text(_ field: UInt64, _ text: String) -> [UInt8] { message(field, Array(text.utf8)) }

    private static func message(_ field: UInt64, _ content: [UInt8]) -> [UInt8] {
        key(field, 2) + varint(UInt64(content.count)) + content
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private static func littleEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        (0..<(Number.bitWidth / 8)).map { UInt8(truncatingIfNeeded: number >> Number(8 * $0)) }
    }

    // MARK: Frames

    private static func frame(_ message: [UInt8]) -> [UInt8] {
        let length = littleEndian(UInt64(message.count))
        return length + littleEndian(maskedChecksum(length)) + message + littleEndian(maskedChecksum(message))
    }

    private static func maskedChecksum(_ bytes: [UInt8]) -> UInt32 {
        let sum = checksum(bytes)
        return (sum >> 15 | sum << 17) &+ 0xa282_ead8
    }

    /// CRC-32C (Castagnoli), bit by bit: records are short.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = ~UInt32(0)
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0x82f6_3b78 }
        }
        return ~sum
    }
}
