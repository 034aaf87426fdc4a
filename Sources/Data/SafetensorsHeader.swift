import Graph

/// The checked header of a safetensors file.
struct SafetensorsHeader {
    struct Entry {
        var name: String
        var type: ElementType
        var shape: [Int]
        /// Within the data that follows the header.
        var bytes: Range<Int>
    }

    static let metadataKey = "__metadata__"

    /// In the order of their data, without gaps.
    private(set) var entries: [Entry] = []
    private(set) var metadata: [String: String] = [:]

    /// Reads the JSON text and checks that the entries cover data of the given size exactly.
    ///
    /// - Parameter start: where the text begins in the file.
    init(_ text: ArraySlice<UInt8>, start: Int, dataSize: Int, path: String) throws(Diagnostic) {
        do throws(Diagnostic) {
            try self.init(text, path: path)
        } catch {
            throw error.at(byte: start + (error.byteOffset ?? 0))
        }
        try checkCoverage(of: dataSize, start: start + text.count, path: path)
    }

    /// Places in messages count from the text's beginning.
    private init(_ text: ArraySlice<UInt8>, path: String) throws(Diagnostic) {
        var json = try StrictJSON(text, path: path)
        var (entries, metadata): ([Entry], [String: String]) = ([], [:])
        var names: Set<String> = []
        let isObject = try json.members { (json, key, offset) throws(Diagnostic) in
            guard names.insert(key).inserted else { throw SafetensorsHeader.repeated(key, at: offset, path: path) }
            if key == SafetensorsHeader.metadataKey {
                metadata = try SafetensorsHeader.metadata(&json, at: offset, path: path)
            } else {
                entries.append(try SafetensorsHeader.entry(&json, name: key, at: offset, path: path))
            }
        }
        guard isObject else {
            throw Diagnostic("safetensors.json", path, "the header is no JSON object", expected: "an object")
        }
        entries.sort { ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound) }
        (self.entries, self.metadata) = (entries, metadata)
    }

    private static func repeated(_ key: String, at offset: Int, path: String) -> Diagnostic {
        Diagnostic("safetensors.duplicate", "\(path): \(key)", "the header has this key twice").at(byte: offset)
    }

    private static func metadata(
        _ json: inout StrictJSON, at offset: Int, path: String
    ) throws(Diagnostic) -> [String: String] {
        let rule = Diagnostic(
            "safetensors.metadata", path, "the metadata must be an object of texts", expected: "texts only"
        ).at(byte: offset)
        var metadata: [String: String] = [:]
        let isObject = try json.members { (json, key, offset) throws(Diagnostic) in
            guard let text = try json.text() else { throw rule }
            guard metadata.updateValue(text, forKey: key) == nil else { throw repeated(key, at: offset, path: path) }
        }
        guard isObject else { throw rule }
        return metadata
    }

    private static func entry(
        _ json: inout StrictJSON, name: String, at offset: Int, path: String
    ) throws(Diagnostic) -> Entry {
        let subject = "\(path): \(name)"
        var fields: Set<String> = []
        var typeName: String?
        var shape: [Int]?
        var offsets: [Int]?
        let isObject = try json.members { (json, field, offset) throws(Diagnostic) in
            guard fields.insert(field).inserted else { throw repeated(field, at: offset, path: path) }
            if field == "dtype", let text = try json.text() {
                typeName = text
            } else if field == "shape", let sizes = try json.integers() {
                shape = sizes
            } else if field == "data_offsets", let places = try json.integers() {
                offsets = places
            } else {
                throw malformed(subject, "a wrong field \(field)").at(byte: offset)
            }
        }
        guard isObject else { throw malformed(subject, "no object").at(byte: offset) }
        guard let typeName, let shape, let offsets, offsets.count == 2 else {
            throw malformed(subject, "missing or wrong fields").at(byte: offset)
        }
        guard let type = elementType(typeName) else {
            throw Diagnostic(
                "safetensors.element-type", subject, "the tensor's element type is not supported",
                expected: "F32, F64, I32, I64 or BOOL", found: typeName, kind: .knownLimitation
            ).at(byte: offset)
        }
        guard offsets[0] >= 0, offsets[0] <= offsets[1] else {
            throw Diagnostic(
                "safetensors.offsets", subject, "the tensor's data ends before it begins", found: "\(offsets)"
            ).at(byte: offset)
        }
        let entry = Entry(name: name, type: type, shape: shape, bytes: offsets[0]..<offsets[1])
        try checkSize(of: entry, subject: subject, at: offset)
        return entry
    }

    private static func checkSize(of entry: Entry, subject: String, at offset: Int) throws(Diagnostic) {
        guard
            let count = HostTensor.elementCount(of: entry.shape),
            case (let size, let overflow) = count.multipliedReportingOverflow(by: entry.type.byteWidth), !overflow
        else {
            throw Diagnostic(
                "safetensors.shape", subject, "the shape is negative or too large", found: "\(entry.shape)"
            ).at(byte: offset)
        }
        guard size == entry.bytes.count else {
            throw Diagnostic(
                "safetensors.size", subject, "the data's size is not the one that shape and element type give",
                expected: "\(size) bytes for \(entry.shape) of \(name(of: entry.type))",
                found: "\(entry.bytes.count) bytes"
            ).at(byte: offset)
        }
    }

    private func checkCoverage(of dataSize: Int, start: Int, path: String) throws(Diagnostic) {
        var end = 0
        for entry in entries {
            let subject = "\(path): \(entry.name)"
            guard entry.bytes.upperBound <= dataSize else {
                throw Diagnostic(
                    "safetensors.truncated", subject, "the tensor's data lies outside the file",
                    expected: "\(entry.bytes.upperBound) bytes of data", found: "\(dataSize)"
                ).at(byte: start + dataSize)
            }
            guard entry.bytes.lowerBound >= end else {
                throw Diagnostic(
                    "safetensors.overlap", subject, "the tensor's data overlaps another's",
                    expected: "a beginning at \(end)", found: "\(entry.bytes.lowerBound)"
                ).at(byte: start + entry.bytes.lowerBound)
            }
            guard entry.bytes.lowerBound == end else {
                throw Diagnostic(
                    "safetensors.gap", subject, "bytes before the tensor's data belong to no tensor",
                    expected: "a beginning at \(end)", found: "\(entry.bytes.lowerBound)"
                ).at(byte: start + entry.bytes.lowerBound)
            }
            end = entry.bytes.upperBound
        }
        guard end == dataSize else {
            throw Diagnostic(
                "safetensors.trailing", path, "bytes after the last tensor belong to no tensor",
                expected: "\(end) bytes of data", found: "\(dataSize)"
            ).at(byte: start + end)
        }
    }

    private static func malformed(_ subject: String, _ found: String) -> Diagnostic {
        Diagnostic(
            "safetensors.entry", subject, "a tensor's entry is malformed",
            expected: "dtype, shape and two data_offsets", found: found)
    }

    // MARK: names of element types

    static func name(of type: ElementType) -> String {
        switch type {
        case .f32: "F32"
        case .f64: "F64"
        case .i32: "I32"
        case .i64: "I64"
        case .bool: "BOOL"
        }
    }

    private static func elementType(_ name: String) -> ElementType? {
        ElementType.allCases.first { SafetensorsHeader.name(of: $0) == name }
    }
}
