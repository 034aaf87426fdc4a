import Graph

/// The safetensors format: named tensors behind a JSON header, as checkpoints are kept.
public enum Safetensors {
    /// A file's tensors and the texts that it says about itself.
    public struct Contents: Sendable, Hashable {
        public var tensors: [String: HostTensor]
        public var metadata: [String: String]
    }

    /// A header in memory is several times its text: it may be an eighth of the file, or this long in any file.
    private static let alwaysAllowedHeader = 1 << 20
    private static let mostOfFile = 8
    /// Small tensors are written together.
    private static let pieceSize = 1 << 20

    /// Reads all tensors.
    public static func read(path: String) throws(Diagnostic) -> [String: HostTensor] {
        try readContents(path: path).tensors
    }

    /// Reads all tensors and the metadata; the whole header is checked before any tensor is read.
    public static func readContents(path: String) throws(Diagnostic) -> Contents {
        let file = try InputFile(path: path)
        let (header, start) = try header(of: file)
        var tensors: [String: HostTensor] = [:]
        for entry in header.entries {
            let bytes = try file.bytes(at: start + entry.bytes.lowerBound, count: entry.bytes.count)
            guard let storage = entry.type.storage(of: bytes[...]) else {
                throw Diagnostic(
                    "safetensors.bool", "\(path): \(entry.name)", "a truth value is neither 0 nor 1",
                    expected: "0 or 1"
                ).at(byte: start + entry.bytes.lowerBound + (bytes.firstIndex { $0 > 1 } ?? 0))
            }
            tensors[entry.name] = HostTensor(shape: entry.shape, storage: storage)
        }
        return Contents(tensors: tensors, metadata: header.metadata)
    }

    /// All tensors where they lie in the file.
    static func arrays(path: String) throws(Diagnostic) -> [String: StoredArray] {
        let file = try InputFile(path: path)
        let (header, start) = try header(of: file)
        let bytes = try file.mapped()
        var arrays: [String: StoredArray] = [:]
        for entry in header.entries {
            // The header's checks say that all tensors lie within the file and have the sizes of their shapes.
            guard let part = bytes.view(at: start + entry.bytes.lowerBound, count: entry.bytes.count) else { continue }
            arrays[entry.name] = StoredArray(shape: entry.shape, element: .number(entry.type.numberType), bytes: part)
        }
        return arrays
    }

    private static func header(of file: InputFile) throws(Diagnostic) -> (header: SafetensorsHeader, dataOffset: Int) {
        let path = file.path
        let lengthSize = 8
        guard file.size >= lengthSize else { throw truncated(path, "\(file.size) bytes").at(byte: file.size) }
        let lengthBytes = try file.bytes(at: 0, count: lengthSize)
        guard
            let length = LittleEndian.integer(UInt64.self, at: 0, in: lengthBytes).flatMap({ Int(exactly: $0) }),
            length <= file.size - lengthSize
        else { throw truncated(path, "a header longer than the file").at(byte: 0) }
        let largestHeader = max(alwaysAllowedHeader, file.size / mostOfFile)
        guard length <= largestHeader else {
            throw Diagnostic(
                "safetensors.header-size", path, "the header is too long",
                expected: "at most \(largestHeader) bytes in a file of \(file.size)", found: "\(length)"
            ).at(byte: 0)
        }
        let start = lengthSize + length
        let header = try SafetensorsHeader(
            file.bytes(at: lengthSize, count: length)[...], start: lengthSize, dataSize: file.size - start, path: path)
        return (header, start)
    }

    private static func truncated(_ path: String, _ found: String) -> Diagnostic {
        Diagnostic(
            "safetensors.truncated", path, "the file ends within its header: it is cut short, or no safetensors file",
            expected: "a length, a header and the tensors' data", found: found)
    }

    /// Writes tensors, header keys sorted, replacing the file only when all is written.
    public static func write(
        _ tensors: [String: HostTensor], metadata: [String: String] = [:], to path: String
    ) throws(Diagnostic) {
        var entries: [String: String] = [:]
        var order: [HostTensor] = []
        var offset = 0
        for (name, tensor) in try aligned(tensors, path: path) {
            let size = tensor.tensor.elementCount * tensor.type.byteWidth
            entries[name] = entry(tensor.tensor.shape, tensor.type, offset..<(offset + size))
            order.append(tensor.tensor)
            offset += size
        }
        let header = paddedHeader(entries, metadata)
        try AtomicFile.write(to: path) { (file) throws(Diagnostic) in
            var piece = LittleEndian.bytes(of: UInt64(header.count)) + header
            for tensor in order {
                piece += tensor.storage.littleEndianBytes ?? []
                guard piece.count >= pieceSize else { continue }
                try file.append(piece)
                piece = []
            }
            try file.append(piece)
        }
    }

    /// Widest elements first, then by name: every tensor's data is aligned to its element.
    private static func aligned(
        _ tensors: [String: HostTensor], path: String
    ) throws(Diagnostic) -> [(name: String, (tensor: HostTensor, type: ElementType))] {
        var result: [(name: String, (tensor: HostTensor, type: ElementType))] = []
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            let subject = "\(path): \(name)"
            guard name != SafetensorsHeader.metadataKey else {
                throw Diagnostic("safetensors.reserved", subject, "no tensor may have this name")
            }
            guard let type = tensor.storage.elementType else {
                throw Diagnostic(
                    "safetensors.text", subject, "the format cannot hold texts", expected: "numbers", found: "text")
            }
            guard tensor.hasConsistentShape else {
                throw Diagnostic(
                    "safetensors.inconsistent", subject, "a tensor to write has a shape that does not fit its elements",
                    expected: "\(tensor.shape)", found: "\(tensor.elementCount) elements", kind: .compilerBug)
            }
            result.append((name, (tensor, type)))
        }
        return [8, 4, 1].flatMap { width in result.filter { $0.1.type.byteWidth == width } }
    }

    private static func entry(_ shape: [Int], _ type: ElementType, _ bytes: Range<Int>) -> String {
        let sizes = shape.map(String.init).joined(separator: ",")
        let typeName = SafetensorsHeader.name(of: type)
        let offsets = "\(bytes.lowerBound),\(bytes.upperBound)"
        return "{\"dtype\":\"\(typeName)\",\"shape\":[\(sizes)],\"data_offsets\":[\(offsets)]}"
    }

    private static func paddedHeader(_ entries: [String: String], _ metadata: [String: String]) -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            members.append("\(SafetensorsHeader.metadataKey.jsonLiteral):\(object(metadata.mapValues(\.jsonLiteral)))")
        }
        members += entries.sorted { $0.key < $1.key }.map { "\($0.key.jsonLiteral):\($0.value)" }
        var header = Array("{\(members.joined(separator: ","))}".utf8)
        header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        return header
    }

    private static func object(_ members: [String: String]) -> String {
        let pairs = members.sorted { $0.key < $1.key }.map { "\($0.key.jsonLiteral):\($0.value)" }
        return "{\(pairs.joined(separator: ","))}"
    }
}
