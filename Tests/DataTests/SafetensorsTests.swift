import Data
import Graph
import Testing

@Suite struct SafetensorsTests {
    private static let tensors = [
        "bools": HostTensor(shape: [3], bools: [true, false, true]),
        "a.weight": HostTensor(shape: [2, 2], floats: [1, 2, .nan, -4.5]),
        "b\"\\\n\u{1}é": HostTensor(shape: [1], doubles: [0.1]),
        "ints": HostTensor(shape: [2, 1], int32s: [7, .min]),
        "longs": HostTensor(shape: [], int64s: [.max]),
        "none": HostTensor(shape: [0, 5], floats: []),
    ]

    private func file(_ header: String, data: Int = 0) -> [UInt8] {
        littleEndian(UInt64(header.utf8.count)) + Array(header.utf8) + [UInt8](repeating: 0, count: data)
    }

    private func found(_ bytes: [UInt8]) throws -> String? {
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes)
        return diagnostic { () throws(Diagnostic) in try Safetensors.read(path: path) }?.id
    }

    private func entry(_ type: String, _ shape: String, _ offsets: String) -> String {
        "{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
    }

    @Test func roundTrip() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.safetensors")
        try Safetensors.write(SafetensorsTests.tensors, metadata: ["format": "pt", "ä": "\t\""], to: path)
        let contents = try Safetensors.readContents(path: path)
        #expect(contents.metadata == ["format": "pt", "ä": "\t\""])
        #expect(contents.tensors.keys.sorted() == SafetensorsTests.tensors.keys.sorted())
        for (name, tensor) in SafetensorsTests.tensors where name != "a.weight" {
            #expect(contents.tensors[name] == tensor)
        }
        #expect(
            contents.tensors["a.weight"]?.floats?.map(\.bitPattern)
                == [1, 2, .nan, -4.5].map { ($0 as Float).bitPattern })
        #expect(try folder.fileNames == ["a.safetensors"])
    }

    @Test func layout() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.safetensors")
        let tensors = ["b": HostTensor(shape: [1], floats: [1]), "a": HostTensor(shape: [1], bools: [true])]
        try Safetensors.write(tensors, metadata: ["k": "v"], to: path)
        // Keys in order; the wider elements first, so that all are aligned.
        let members = [
            "\"__metadata__\":{\"k\":\"v\"}", "\"a\":\(entry("BOOL", "[1]", "[4,5]"))",
            "\"b\":\(entry("F32", "[1]", "[0,4]"))",
        ]
        let header = "{\(members.joined(separator: ","))}"
        let padding = String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        #expect(try [UInt8](contentsOf: path) == file(header + padding) + [0, 0, 0x80, 0x3f, 1])
    }

    @Test func empty() throws {
        #expect(try found(file("{}")) == nil)
        #expect(try found(file("{}  \n")) == nil)
        #expect(try found(file("{\"a\":\(entry("F32", "[0]", "[0,0]"))}")) == nil)
    }

    @Test func robust() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a")
        try Safetensors.write(SafetensorsTests.tensors, metadata: ["k": "v"], to: path)
        try expectRobustness(of: [UInt8](contentsOf: path)) { (path) throws(Diagnostic) in
            try Safetensors.read(path: path)
        }
    }

    @Test func truncated() throws {
        #expect(try found([]) == "safetensors.truncated")
        #expect(try found(littleEndian(UInt64.max)) == "safetensors.truncated")
        #expect(try found(littleEndian(UInt64(1 << 62)) + [0]) == "safetensors.truncated")
        #expect(try found(file("{\"a\":\(entry("F32", "[2]", "[0,8]"))}", data: 7)) == "safetensors.truncated")
    }

    @Test(arguments: [
        "", "[]", "7", "{", "{}}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{\"a\":tru", "{\"a\":1.5}",
        "{\"a\":01}",
        "{\"a\":-}", "{\"a\":99999999999999999999}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\ud800\\u0041\"}", "{\"a\":\"\\u+123\"}", "{\"a\":\"\n\"}", "{\"a\":[[[[[[[[[[[[]]]]]]]]]]]]}",
        "{\"a\":[1 2]}",
    ])
    func brokenJSON(header: String) throws {
        #expect(try found(file(header)) == "safetensors.json")
    }

    @Test func deepNesting() throws {
        #expect(try found(file(String(repeating: "[", count: 1_000_000))) == "safetensors.json")
    }

    @Test func invalidUTF8() throws {
        #expect(try found(littleEndian(UInt64(5)) + [0x7b, 0x22, 0xff, 0x22, 0x7d]) == "safetensors.json")
    }

    @Test func duplicates() throws {
        let one = entry("F32", "[1]", "[0,4]")
        #expect(try found(file("{\"a\":\(one),\"a\":\(one)}", data: 4)) == "safetensors.duplicate")
        #expect(try found(file("{\"a\":\(one),\"\\u0061\":\(one)}", data: 4)) == "safetensors.duplicate")
        #expect(try found(file("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", data: 4)) == "safetensors.duplicate")
    }

    @Test(arguments: [
        ("1", "safetensors.entry"), ("{}", "safetensors.entry"),
        ("{\"dtype\":1,\"shape\":[],\"data_offsets\":[0,4]}", "safetensors.entry"),
        ("{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4],\"more\":1}", "safetensors.entry"),
        ("{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0]}", "safetensors.entry"),
        ("{\"dtype\":\"F32\",\"shape\":[\"1\"],\"data_offsets\":[0,4]}", "safetensors.entry"),
        ("{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]}", "safetensors.element-type"),
        ("{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}", "safetensors.offsets"),
        ("{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}", "safetensors.offsets"),
        ("{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}", "safetensors.size"),
        ("{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}", "safetensors.shape"),
        ("{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}", "safetensors.shape"),
        ("{\"dtype\":\"F64\",\"shape\":[4611686018427387904],\"data_offsets\":[0,0]}", "safetensors.shape"),
        ("{\"dtype\":\"F32\",\"shape\":[0,4611686018427387904,4],\"data_offsets\":[0,0]}", "safetensors.shape"),
    ])
    func brokenEntry(entry: String, id: String) throws {
        #expect(try found(file("{\"a\":\(entry)}", data: 4)) == id)
    }

    /// In memory a header is many times its text.
    @Test func longHeaders() throws {
        let ones = "[\(String(repeating: "1,", count: 64))1]"
        #expect(try found(file("{\"a\":\(entry("F32", ones, "[0,4]"))}", data: 4)) == "safetensors.json")
        let spaces = String(repeating: " ", count: 1 << 20)
        #expect(try found(file("{}\(spaces)")) == "safetensors.header-size")
        let text = "{\"a\":\(entry("BOOL", "[8388608]", "[0,8388608]"))}\(spaces)"
        #expect(try found(file(text, data: 8 << 20)) == nil)
    }

    @Test func coverage() throws {
        let first = entry("F32", "[1]", "[0,4]")
        #expect(try found(file("{\"a\":\(first),\"b\":\(first)}", data: 4)) == "safetensors.overlap")
        #expect(
            try found(file("{\"a\":\(first),\"b\":\(entry("F32", "[1]", "[2,6]"))}", data: 6)) == "safetensors.overlap")
        #expect(try found(file("{\"a\":\(first),\"b\":\(entry("F32", "[1]", "[5,9]"))}", data: 9)) == "safetensors.gap")
        #expect(try found(file("{\"a\":\(entry("F32", "[1]", "[4,8]"))}", data: 8)) == "safetensors.gap")
        #expect(try found(file("{\"a\":\(first)}", data: 5)) == "safetensors.trailing")
        #expect(try found(file("{\"a\":\(entry("BOOL", "[4]", "[0,4]"))}") + [1, 0, 2, 0]) == "safetensors.bool")
        #expect(try found(file("{\"__metadata__\":{\"a\":1}}")) == "safetensors.metadata")
        #expect(try found(file("{\"__metadata__\":\"a\"}")) == "safetensors.metadata")
    }

    @Test func unwritable() throws {
        let folder = try TemporaryFolder()
        func found(_ tensors: [String: HostTensor], _ name: String = "a") -> String? {
            let path = folder.path(name)
            return diagnostic { () throws(Diagnostic) in try Safetensors.write(tensors, to: path) }?.id
        }
        #expect(found(["a": HostTensor(shape: [1], texts: ["x"])]) == "safetensors.text")
        #expect(found(["a": HostTensor(shape: [2], floats: [1])]) == "safetensors.inconsistent")
        #expect(found(["__metadata__": HostTensor(shape: [1], floats: [1])]) == "safetensors.reserved")
        #expect(found([:], "none/a") == "file.unwritable")
        #expect(try folder.fileNames.isEmpty)
    }
}
