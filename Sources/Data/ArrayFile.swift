import Graph

/// What stands under one name in a data file.
enum StoredValue: Sendable {
    case array(StoredArray)
    case texts([String])
    case numbers([Double], areWhole: Bool)
    /// Something that is not data, in words.
    case other(String)
}

/// A file of named arrays, such as `train_text`, that are read one by one.
protocol ArrayFile {
    var path: String { get }
    /// The format in words.
    var format: String { get }
    /// The names, sorted.
    var names: [String] { get }
    /// What has this name; nil where nothing has.
    func value(named name: String) throws(Diagnostic) -> StoredValue?
}

/// The formats of data files.
enum DataFormat: String, CaseIterable {
    case npz
    case pickle
    case safetensors

    /// By the file's name, or else by its first bytes.
    init?(path: String, bytes: ByteView) {
        let name = path.lowercased()
        if name.hasSuffix(".npz") {
            self = .npz
        } else if name.hasSuffix(".pkl") || name.hasSuffix(".pickle") {
            self = .pickle
        } else if name.hasSuffix(".safetensors") {
            self = .safetensors
        } else if bytes.starts(with: Array("PK".utf8)) {
            self = .npz
        } else if bytes.first == 0x80 {
            self = .pickle
        } else if bytes.dropFirst(8).first == UInt8(ascii: "{") {
            self = .safetensors
        } else {
            return nil
        }
    }

    /// Opens a data file.
    ///
    /// - Parameter isVerified: whether checksums are compared, which reads all that is asked for.
    static func open(_ path: String, isVerified: Bool) throws(Diagnostic) -> any ArrayFile {
        let bytes = try InputFile(path: path).mapped()
        switch DataFormat(path: path, bytes: bytes) {
        case .npz: return NpzArrayFile(file: try NpzFile(path: path), isVerified: isVerified)
        case .pickle: return try MultimodalPickle(path: path, bytes: bytes)
        case .safetensors: return SafetensorsArrayFile(path: path, arrays: try Safetensors.arrays(path: path))
        case nil:
            throw Diagnostic(
                "dataset.format", path, "the file is in no format that data sets have",
                expected: "an .npz, a .pkl or a .safetensors file", found: bytes.isEmpty ? "an empty file" : "other bytes")
        }
    }
}

private struct NpzArrayFile: ArrayFile {
    let file: NpzFile
    let isVerified: Bool

    var path: String { file.path }
    var format: String { "npz" }
    var names: [String] { file.names }

    func value(named name: String) throws(Diagnostic) -> StoredValue? {
        try file.array(named: name, isVerified: isVerified).map(StoredValue.array)
    }
}

private struct SafetensorsArrayFile: ArrayFile {
    let path: String
    let arrays: [String: StoredArray]

    var format: String { "safetensors" }
    var names: [String] { arrays.keys.sorted() }

    func value(named name: String) throws(Diagnostic) -> StoredValue? { arrays[name].map(StoredValue.array) }
}
