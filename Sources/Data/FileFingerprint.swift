import Graph

/// A file's size and checksum, by which the same contents are known again wherever the file lies.
public struct FileFingerprint: Sendable, Hashable, Codable {
    public var bytes: Int
    /// CRC-32 of the contents; of a file larger than 1 GiB, of 1024 blocks spread over it.
    public var checksum: String

    private static let blockSize = 1 << 20
    private static let mostBlocks = 1 << 10

    public init(of path: String) throws(Diagnostic) {
        let contents = try InputFile(path: path).mapped()
        bytes = contents.count
        var sum = Checksum()
        let blocks = bytes / Self.blockSize + (bytes % Self.blockSize == 0 ? 0 : 1)
        let read = min(blocks, Self.mostBlocks)
        for index in 0..<read {
            // The first and the last block are always among them.
            let start = (read == blocks ? index : index * (blocks - 1) / (read - 1)) * Self.blockSize
            guard let block = contents.view(at: start, count: min(Self.blockSize, bytes - start)) else { continue }
            sum.append(block)
            block.release()
        }
        checksum = sum.text
    }
}
