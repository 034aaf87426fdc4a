extension MalformedFile {
    private static func tensors(
        _ name: String, _ header: String, data: [UInt8] = [], length: UInt64? = nil, _ id: String, at byte: Int
    ) -> MalformedFile {
        let text = Array(header.utf8)
        return MalformedFile(
            name, "a.safetensors", littleEndian(length ?? UInt64(text.count)) + text + data, "safetensors.\(id)", .byte(byte))
    }

    private static func entry(_ type: String = "F32", _ shape: String = "[1]", _ offsets: String = "[0,4]") -> String {
        #"{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}"#
    }

    private static let four = [UInt8](repeating: 0, count: 4)

    static let safetensors: [MalformedFile] = [
        MalformedFile("empty", "a.safetensors", [], "safetensors.truncated", .byte(0)),
        MalformedFile("ends within the length", "a.safetensors", [8, 0, 0, 0, 0, 0, 0], "safetensors.truncated", .byte(7)),
        tensors("header longer than the file", "{}", length: 3, "truncated", at: 0),
        tensors("length above all numbers", "{}", length: 1 << 63, "truncated", at: 0),
        tensors("header cut short", #"{"a":"#, "json", at: 13),
        tensors("header is a list", "[]", "json", at: 8),
        tensors("two values", "{} {}", "json", at: 11),
        tensors("a fraction", #"{"a":\#(entry("F32", "[1.0]"))}"#, "json", at: 38),
        tensors("a number with a leading zero", #"{"a":\#(entry("F32", "[01]"))}"#, "json", at: 39),
        tensors("a number that no machine holds", #"{"a":\#(entry("F32", "[99999999999999999999]"))}"#, "json", at: 57),
        tensors("half of a surrogate pair", #"{"\ud800":\#(entry())}"#, "json", at: 16),
        tensors("lists within lists", String(repeating: "[", count: 100), "json", at: 16),
        MalformedFile(
            "a name that is no UTF-8", "a.safetensors", littleEndian(UInt64(6)) + Array(#"{""#.utf8) + [0xff] + Array(#"":"#.utf8) + [0x7d],
            "safetensors.json", .byte(12)),
        tensors("a name twice", #"{"a":\#(entry()),"a":\#(entry())}"#, data: four, "duplicate", at: 63),
        tensors("a tensor that is a text", #"{"a":"F32"}"#, "entry", at: 10),
        tensors("a field too many", #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"path":"/etc"}}"#, data: four, "entry", at: 62),
        tensors("no type", #"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, data: four, "entry", at: 10),
        tensors("three offsets", #"{"a":\#(entry("F32", "[1]", "[0,2,4]"))}"#, data: four, "entry", at: 10),
        tensors("a type that cannot be read", #"{"a":\#(entry("BF16", "[2]"))}"#, data: four, "element-type", at: 10),
        tensors("an end before the beginning", #"{"a":\#(entry("F32", "[1]", "[4,0]"))}"#, data: four, "offsets", at: 10),
        tensors("a negative extent", #"{"a":\#(entry("F32", "[-1]"))}"#, data: four, "shape", at: 10),
        tensors("a shape beyond all memory", #"{"a":\#(entry("F32", "[4294967296,4294967296]"))}"#, data: four, "shape", at: 10),
        tensors("a size that is not the shape's", #"{"a":\#(entry("F32", "[2]"))}"#, data: four, "size", at: 10),
        tensors("data beyond the file", #"{"a":\#(entry())}"#, data: [0, 0], "truncated", at: 64),
        tensors(
            "data of another tensor", #"{"a":\#(entry()),"b":\#(entry("F32", "[1]", "[2,6]"))}"#, data: four + [0, 0], "overlap", at: 117),
        tensors("bytes of no tensor", #"{"a":\#(entry("F32", "[1]", "[4,8]"))}"#, data: four + four, "gap", at: 66),
        tensors("bytes after the last tensor", #"{"a":\#(entry())}"#, data: four + [0], "trailing", at: 66),
        tensors("metadata that are a number", #"{"__metadata__":1}"#, "metadata", at: 10),
    ]
}
