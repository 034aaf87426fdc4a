import Foundation
import Testing

/// Small files that name, repeat or claim far more than they have: what they cost is bounded by what they are.
@Suite struct ReaderMemoryTests {
    /// Runs `dgrun data` with so much memory for all that is not mapped from files.
    private func report(_ file: String, kilobytes: Int) throws -> Outcome {
        let script = "ulimit -c 0; ulimit -d \(kilobytes); exec \"$0\" data \"$1\""
        return try Launch("/bin/sh", ["-c", script, Tool.dgrun.path(), file]).wait()
    }

    // MARK: Archives

    /// Twenty million elements in 20 KB, for two samples.
    @Test(arguments: [("ids", "|S1"), ("labels", "|u1"), ("audio_lengths", "|u1")])
    func moreElementsThanSamples(_ name: String, _ type: String) throws {
        var members = ["text", "audio", "vision"].map { deflated($0, "<f4", "(2, 1, 1)", zeros: 8) }
        if name != "labels" { members.append(deflated("labels", "<f4", "(2,)", zeros: 8)) }
        members.append(deflated(name, type, "(20000000,)", zeros: 20_000_000))
        let folder = try TemporaryFolder()
        let outcome = try report(
            folder.write(Foundation.Data(MalformedFile.archive(members)), as: "a.npz"), kilobytes: 400_000)
        #expect(outcome.status == 1 && !outcome.isSignal, outcome.summary)
        let words = name == "audio_lengths" ? "20000000 whole numbers for 2 samples" : "expected 2, as in train_text; found 20000000"
        #expect(outcome.output.contains(words), outcome.summary)
    }

    /// A header that says little before a stream that is long.
    @Test func headerIsReadBeforeAllIsUnpacked() throws {
        let folder = try TemporaryFolder()
        let bomb = MalformedFile.archive([deflated("text", "<f4", "(2, 1, 1)", zeros: 150_000_000, checksum: 0)])
        try report(folder.write(Foundation.Data(bomb), as: "a.npz"), kilobytes: 131_072)
            .isRefused("npy.trailing", "train_text", "expected 8 bytes", "found 150000000 bytes")
    }

    private func deflated(_ name: String, _ type: String, _ shape: String, zeros: Int, checksum: UInt32? = nil) -> MalformedFile.Member {
        let header = MalformedFile.npy("{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n")
        let length = UInt16(header.count)
        let stored: [UInt8] = [0] + MalformedFile.littleEndian(length) + MalformedFile.littleEndian(~length)
        // Stored bytes, and then zeros with fixed codes: one, and the one before it again, 258 times in 13 bits.
        var bits = Array("11000110000".utf8)
        for _ in 0..<((zeros - 1) / 258) { bits += "1100010100000".utf8 }
        for _ in 0..<((zeros - 1) % 258) { bits += "00110000".utf8 }
        bits += "0000000".utf8
        let packed: [UInt8] = stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start..<min(start + 8, bits.count)].reversed().reduce(0 as UInt8) { byte, bit in byte << 1 | (bit & 1) }
        }
        let size = header.count + zeros
        // Not as an array: other tests measure the memory of this process.
        let contents = (0..<size).lazy.map { $0 < header.count ? header[$0] : 0 }
        return MalformedFile.Member(
            name: "train_\(name).npy", method: 8, packed: stored + header + packed,
            checksum: checksum ?? MalformedFile.crc32(contents), size: size)
    }

    // MARK: Pickles

    private func refused(_ id: String, _ words: String, _ instructions: [UInt8]...) throws {
        let folder = try TemporaryFolder()
        let bytes: [UInt8] = [0x80, 4] + instructions.joined()
        let outcome = try report(folder.write(Foundation.Data(bytes), as: "a.pkl"), kilobytes: 98_304)
        #expect((1...2).contains(outcome.status) && !outcome.isSignal, outcome.summary)
        let said = outcome.output + outcome.errors
        #expect(said.contains("error[\(id)]: ") && said.contains(words), outcome.summary)
    }

    private func text(_ text: String) -> [UInt8] {
        let length = MalformedFile.littleEndian(UInt32(text.utf8.count))
        return [0x58] + length + Array(text.utf8)
    }

    private func repeated(_ count: Int, _ instructions: [UInt8]) -> [UInt8] {
        Array(repeatElement(instructions, count: count).joined())
    }

    /// 100 KB, 2000 times.
    @Test func textsThatRepeat() throws {
        let long = text(String(repeating: "x", count: 100_000))
        try refused(
            "dataset.missing", "found train_raw_text", [0x7d], text("train"), [0x7d], text("raw_text"), [0x5d, 0x28], long,
            [0x71, 0], repeated(1999, [0x68, 0]), [0x65, 0x73, 0x73, 0x2e])
    }

    /// 10 000 numbers under 10 000 names, which take time each.
    @Test func listsThatAreNamedAgain() throws {
        let names = (0..<10_000).map { text("\($0)") + [0x68, 0] }.joined()
        try refused(
            "pickle.size", "the same lists", [0x7d, 0x28], text("train"), [0x7d, 0x28], text("a"), [0x5d, 0x71, 0, 0x28],
            repeated(10_000, [0x4b, 1]), [0x65], Array(names), [0x75, 0x75, 0x2e])
    }

    /// 4 KB, 25 000 times, in a file that is long enough for so many instructions.
    @Test func keysThatRepeat() throws {
        let filler = text(String(repeating: " ", count: 3 << 20))
        let key = text(String(repeating: "k", count: 4000))
        try refused(
            "pickle.schema", "a list", [0x5d, 0x28], filler, key, [0x71, 0], repeated(25_000, [0x7d, 0x68, 0, 0x4e, 0x73]),
            [0x65, 0x2e])
    }

    /// A list of 8000 values that grows after each of 900 arrays was made of it.
    @Test func listsOfArrays() throws {
        func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }
        var arrays: [UInt8] = []
        for count in 8000..<8900 {
            arrays += [0x68, 2, 0x68, 3, 0x52, 0x28, 0x4b, 1, 0x4d]
            arrays += MalformedFile.littleEndian(UInt16(count))
            arrays += [0x85, 0x68, 5, 0x89, 0x68, 1, 0x74, 0x62, 0x68, 1, 0x4e, 0x61, 0x30]
        }
        try refused(
            "pickle.schema", "a list", [0x28],
            [0x5d, 0x71, 1, 0x28], repeated(8000, [0x4e]), [0x65, 0x30],
            global("numpy", "dtype"), text("O8"), [0x89, 0x88, 0x87, 0x52, 0x71, 5, 0x30],
            global("numpy.core.multiarray", "_reconstruct"), [0x71, 2, 0x30],
            global("numpy", "ndarray"), [0x4b, 0, 0x85, 0x43, 1, 0x62, 0x87, 0x71, 3, 0x30], arrays, [0x6c, 0x2e])
    }

    // MARK: Safetensors

    /// A header of 16 MB in a file that has, as a hole, eight times as much.
    @Test func longHeader() throws {
        let folder = try TemporaryFolder()
        let members = 1_500_000
        let file = try folder.write(Foundation.Data(count: 8), as: "a.safetensors")
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        try handle.seekToEnd()
        for start in stride(from: 0, to: members, by: 10_000) {
            let text = (start..<start + 10_000).map { "\($0 == 0 ? "{" : ",")\"\(String($0, radix: 16))\":0" }.joined()
            try handle.write(contentsOf: Foundation.Data(text.utf8))
        }
        try handle.write(contentsOf: Foundation.Data("}".utf8))
        let size = try handle.offset() - 8
        try handle.truncate(atOffset: 9 * size)
        try handle.seek(toOffset: 0)
        try handle.write(contentsOf: Foundation.Data(MalformedFile.littleEndian(size)))
        try handle.close()
        try report(file, kilobytes: 131_072).isRefused("safetensors.entry", "at byte 10")
    }
}
