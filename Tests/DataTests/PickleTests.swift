import Data
import Graph
import Testing

/// MMSA's pickles: those that numpy writes are read, and nothing else happens whatever a file says.
@Suite struct PickleTests {
    @Test(arguments: [
        "mmsa_p2", "mmsa_p3", "mmsa_p4", "mmsa_p5", "mmsa_old_p2", "mmsa_old_p3", "mmsa_old_p4", "mmsa_old_p5",
        "mmsa_orders_p2", "mmsa_orders_p5",
    ], Dataset.Labels.allCases)
    func sameNumbersAsNumpy(_ name: String, _ labels: Dataset.Labels) throws {
        let pickle = try Dataset.load(path: Fixture.path("\(name).pkl"), labels: labels)
        let flat = try Dataset.load(path: Fixture.path("mmsa.npz"), labels: labels)
        for part in Dataset.Part.allCases { #expect(pickle[part] == flat[part]) }
        #expect(pickle.train.audio.shape == [4, 5, 2] && pickle.test.ids == ["test$_$0", "test$_$1", "test$_$2"])
        #expect(pickle.train.labels == (labels == .regression ? [-0.4, 0, 0.4, 0.8] : [0, 1, 2, 0]))
        // −inf in audio became 0, and is told.
        #expect(pickle.train.audio.values[2] == 0)
        #expect(pickle.notes == Dataset.Part.allCases.map { "\($0.rawValue)_audio: 1 values that were not finite became 0" })
    }

    // MARK: Hostile files

    /// A pickle of protocol 4 with these instructions, and why it is refused.
    private func refusal(_ parts: [UInt8]..., proto: [UInt8] = [0x80, 4], name: String = "a.pkl") throws -> Diagnostic {
        let folder = try TemporaryFolder()
        let path = try folder.write(proto + parts.flatMap(\.self), as: name)
        let found = try #require(diagnostic { () throws(Diagnostic) in try Dataset.load(path: path) })
        #expect(found.subject.hasPrefix(path))
        return Diagnostic(
            found.id, String(found.subject.dropFirst(path.count)), found.message, expected: found.expected, found: found.found)
    }

    private func text(_ text: String) -> [UInt8] { [0x8c, UInt8(text.utf8.count)] + Array(text.utf8) }

    private func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }

    private let stop = Array(".".utf8)

    @Test(arguments: [
        ("os", "system"), ("builtins", "eval"), ("builtins", "exec"), ("builtins", "getattr"), ("posix", "system"),
        ("subprocess", "Popen"), ("numpy.core.multiarray", "fromfile"), ("numpy", "load"),
        ("numpy.core", "multiarray._reconstruct"),
        ("", ""), ("numpy.f2py.crackfortran", "getlincoef"), ("operator", "attrgetter"), ("copyreg", "_reconstructor"),
    ]) func namesAreNotLookedUp(_ module: String, _ name: String) throws {
        let call = text("echo") + [0x85] + Array("R".utf8)
        let old = try refusal(global(module, name), call, stop)
        #expect(old.id == "pickle.global" && old.subject == ": GLOBAL at byte 2" && old.found == "\(module).\(name)")
        let new = try refusal(text(module), text(name), [0x93], call, stop)
        #expect(new.id == "pickle.global" && new.found == "\(module).\(name)")
        #expect(new.subject == ": STACK_GLOBAL at byte \(6 + module.utf8.count + name.utf8.count)")
    }

    @Test func tensorsOfTorchAreNamed() throws {
        let found = try refusal(global("torch._utils", "_rebuild_tensor_v2"))
        #expect(found.id == "pickle.global" && found.message.contains("tensor.numpy()"))
        #expect(try refusal(text("x"), Array("Q".utf8), stop).id == "pickle.persistent")
        let archive = try refusal(Array("PK\u{3}\u{4}".utf8), proto: [])
        #expect(archive.id == "pickle.archive" && archive.message.contains("torch.save"))
    }

    /// Instructions that make objects of classes, and those of protocols 0 and 1.
    @Test(arguments: [
        ("i", "INST"), ("o", "OBJ"), ("\u{81}", "NEWOBJ"), ("\u{92}", "NEWOBJ_EX"), ("\u{82}", "EXT1"), ("2", "DUP"),
        ("I", "INT"), ("L", "LONG"), ("S", "STRING"), ("V", "UNICODE"), ("F", "FLOAT"), ("g", "GET"), ("p", "PUT"),
        ("\u{8f}", "EMPTY_SET"), ("\u{90}", "ADDITEMS"), ("\u{91}", "FROZENSET"),
    ]) func otherInstructionsAreNamed(_ code: String, _ name: String) throws {
        let byte = UInt8(try #require(code.unicodeScalars.first).value)
        let found = try refusal([0x4e, byte], stop)
        #expect(found.id == "pickle.not-allowed" && found.subject == ": \(name) at byte 3")
    }

    @Test func buffersBesideTheFile() throws {
        #expect(try refusal([0x97], stop).id == "pickle.buffer")
        #expect(try refusal([0x98], stop).id == "pickle.buffer")
    }

    @Test func brokenStacks() throws {
        for instructions in ["R", "b", "s", "u", "e", "a", "t", "0", "1", "\u{94}", "}s", "Ns", "(N", "NN", "N(e", "(R", ")(b"] {
            let bytes = instructions.unicodeScalars.map { UInt8($0.value) }
            #expect(try ["pickle.stack", "pickle.build"].contains(refusal(bytes, stop).id), "\(instructions)")
        }
        #expect(try refusal([0x68, 7], stop).id == "pickle.memo")
        #expect(try refusal([0x71, 0], stop).id == "pickle.stack")
        #expect(try refusal([0x4e, 0x71, 3, 0x6a, 4, 0, 0, 0], stop).found == "number 4")
        #expect(try refusal([0xff], stop).id == "pickle.opcode")
        #expect(try refusal([]).id == "pickle.truncated")
        #expect(try refusal([0x4e], stop, [0]).id == "pickle.trailing")
        #expect(try refusal([0x4e, 0x80, 4], stop).id == "pickle.protocol")
        for version in [0, 1, 6, 255] as [UInt8] {
            #expect(try refusal([0x4e], stop, proto: [0x80, version]).id == "pickle.protocol")
        }
        #expect(try refusal(Array("(dp0\n.".utf8), proto: []).id == "pickle.protocol")
        #expect(try refusal(proto: []).found == "an empty file")
    }

    @Test func keys() throws {
        for key in [[0x7d], [0x5d], [0x4e], [0x29], [0x88], [0x47] + [UInt8](repeating: 0, count: 8)] as [[UInt8]] {
            #expect(try refusal([0x7d], key, [0x4e], Array("s.".utf8)).id == "pickle.key")
        }
        let twice = try refusal([0x7d, 0x28], text("a"), [0x4e], text("a"), [0x4e], Array("u.".utf8))
        #expect(twice.id == "pickle.duplicate-key" && twice.found == "a")
        #expect(try refusal([0x7d], [0x8c, 1, 0xff], [0x4e], Array("s.".utf8)).id == "pickle.text")
        #expect(try refusal([0x7d, 0x28, 0x4e], Array("u.".utf8)).id == "pickle.stack")
    }

    /// Sizes that the file does not have are refused before anything is allocated.
    @Test func sizes() throws {
        let huge = [UInt8](repeating: 0xff, count: 7) + [0x7f]
        for code in [0x8d, 0x8e, 0x95, 0x96] as [UInt8] {
            #expect(try refusal([code], huge, stop).id == "pickle.truncated")
            #expect(try refusal([code], [UInt8](repeating: 0xff, count: 8), stop).id == "pickle.truncated")
        }
        for code in "BTX".utf8 { #expect(try refusal([code, 0xff, 0xff, 0xff, 0xff], stop).id == "pickle.truncated") }
        for code in [0x43, 0x55, 0x8a, 0x8c] as [UInt8] { #expect(try refusal([code, 9], stop).id == "pickle.truncated") }
        #expect(try refusal([0x8a, 9] + [UInt8](repeating: 1, count: 9), stop).id == "pickle.integer")
        #expect(try refusal([0x8b, 0xff, 0xff, 0xff, 0xff], stop).id == "pickle.truncated")
        #expect(try refusal([UInt8](repeating: 0x28, count: 101), stop).id == "pickle.nesting")
        // Of instructions of one byte, whose values take many, a file may have fewer than bytes.
        #expect(try refusal([UInt8](repeating: 0x5d, count: 40_000), stop).id == "pickle.size")
        #expect(try refusal([UInt8](repeating: 0x4e, count: 2_000_001), stop).id == "pickle.size")
        #expect(try refusal(Array("c\(String(repeating: "x", count: 1000))".utf8)).id == "pickle.truncated")
    }

    /// Values that hold each other end no recursion, because there is none.
    @Test func deepAndCyclicValues() throws {
        let deep = [0x29] + [UInt8](repeating: 0x85, count: 8_000)
        #expect(try refusal(deep, stop).id == "pickle.schema")
        // A dictionary whose part train is itself.
        let cyclic = try refusal([0x7d, 0x94], text("train"), [0x68, 0], Array("s.".utf8))
        #expect(cyclic.id == "dataset.missing")
        // A list in itself as features.
        let list = try refusal(
            [0x7d], text("train"), [0x7d], text("text"), [0x5d, 0x94, 0x68, 0], Array("asss.".utf8).dropLast(2) + stop)
        #expect(list.id == "dataset.element-type" && list.found == "a list with a list")
    }

    // MARK: Arrays that are not what they say

    private func elementType(_ code: String, order: String = "<") -> [UInt8] {
        global("numpy", "dtype") + text(code) + [0x89, 0x88, 0x87] + Array("R".utf8)
            + [0x28, 0x4b, 3] + text(order) + [0x4e, 0x4e, 0x4e, 0x4b, 0, 0x4b, 0, 0x4b, 0] + Array("tb".utf8)
    }

    /// train_text as an array; the rest of the data set is missing, so that a good array is refused for that.
    private func arrayRefusal(
        _ sizes: [[UInt8]], _ type: [UInt8], contents: [UInt8], version: [UInt8] = [0x4b, 1], after: [UInt8] = []
    ) throws -> Diagnostic {
        let empty = global("numpy.core.multiarray", "_reconstruct") + global("numpy", "ndarray") + [0x4b, 0, 0x85, 0x43, 1]
            + Array("b".utf8) + [0x87] + Array("R".utf8)
        let shape = [0x28] + sizes.flatMap(\.self) + Array("t".utf8)
        let state = [0x28] + version + shape + type + [0x89] + contents + Array("tb".utf8)
        return try refusal([0x7d], text("train"), [0x7d], text("text"), empty, state, after, Array("ss.".utf8))
    }

    private func bytes(_ count: Int) -> [UInt8] { [0x43, UInt8(count)] + [UInt8](repeating: 0, count: count) }

    @Test func arrays() throws {
        let two: [UInt8] = [0x4b, 2]
        #expect(try arrayRefusal([two, two], elementType("f4"), contents: bytes(16)).id == "dataset.missing")
        #expect(try arrayRefusal([two, two], elementType("f4"), contents: bytes(15)).id == "pickle.array")
        #expect(try arrayRefusal([two, two], elementType("f4"), contents: bytes(17)).found == "17")
        #expect(try arrayRefusal([two], elementType("f4"), contents: bytes(8)).id == "dataset.rank")
        #expect(try arrayRefusal([two, two], elementType("i4"), contents: bytes(16)).id == "dataset.element-type")
        #expect(try arrayRefusal([two, two], elementType("f2"), contents: bytes(8)).id == "dataset.element-type")
        #expect(try arrayRefusal([two, two], elementType("V4"), contents: bytes(16)).id == "pickle.element-type")
        #expect(try arrayRefusal([two, two], elementType("c8"), contents: bytes(16)).id == "pickle.element-type")
        #expect(try arrayRefusal([two, two], elementType("U0"), contents: bytes(0)).id == "pickle.element-type")
        #expect(try arrayRefusal([two, two], elementType("f4", order: "!"), contents: bytes(16)).id == "pickle.element-type")
        #expect(try arrayRefusal([two, two], elementType("f4"), contents: [0x4e]).id == "pickle.array")
        #expect(try arrayRefusal([two, two], elementType("O8"), contents: bytes(16)).id == "pickle.array")
        #expect(try arrayRefusal([two, two], elementType("O8"), contents: [0x5d]).id == "pickle.array")
        #expect(try arrayRefusal([two, two], [0x4e], contents: bytes(16)).id == "pickle.call")
        let minus: [UInt8] = [0x4a, 0xff, 0xff, 0xff, 0xff]
        #expect(try arrayRefusal([minus, minus], elementType("f4"), contents: bytes(4)).id == "pickle.shape")
        let large: [UInt8] = [0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0x40]
        #expect(try arrayRefusal([large, two, [0x4b, 0]], elementType("f4"), contents: bytes(0)).id == "pickle.shape")
        #expect(try arrayRefusal([large], elementType("f8"), contents: bytes(0)).id == "pickle.shape")
        #expect(try arrayRefusal([[0x4e]], elementType("f8"), contents: bytes(0)).id == "pickle.shape")
        #expect(
            try arrayRefusal([[UInt8]](repeating: [0x4b, 1], count: 65), elementType("f4"), contents: bytes(4)).id
                == "pickle.shape")
        // A list of which an array was made, as it is and after it has grown.
        #expect(try arrayRefusal([[0x4b, 0]], elementType("O8"), contents: [0x5d, 0x94]).id == "dataset.element-type")
        #expect(
            try arrayRefusal([[0x4b, 0]], elementType("O8"), contents: [0x5d, 0x94], after: [0x68, 0, 0x4e, 0x61, 0x30]).id
                == "pickle.array")
        // Not latin text: a character above 255, and half of one.
        let encode = global("_codecs", "encode")
        for word in [Array("ā".utf8) + [0, 0], [0xc2, 0, 0, 0], [0xff, 0, 0, 0]] as [[UInt8]] {
            let latin = encode + [0x8c, 4] + word + text("latin1") + [0x86] + Array("R".utf8)
            #expect(try arrayRefusal([[0x4b, 1], [0x4b, 1]], elementType("f4"), contents: latin).id == "pickle.array")
        }
        let other = encode + text("abcd") + text("utf8") + [0x86] + Array("R".utf8)
        #expect(try arrayRefusal([[0x4b, 1], [0x4b, 1]], elementType("f4"), contents: other).id == "pickle.call")
    }

    @Test func structuredTypesAndCalls() throws {
        let names = global("numpy", "dtype") + text("f4") + [0x89, 0x88, 0x87] + Array("R".utf8)
            + [0x28, 0x4b, 3] + text("<") + [0x4e, 0x29, 0x7d, 0x4b, 0, 0x4b, 0, 0x4b, 0] + Array("tb".utf8)
        #expect(try refusal(names, stop).id == "pickle.element-type")
        #expect(try refusal(global("numpy", "ndarray"), [0x29], Array("R.".utf8)).id == "pickle.call")
        #expect(try refusal(global("builtins", "bytes"), [0x4b, 9, 0x85], Array("R.".utf8)).id == "pickle.call")
        #expect(try refusal(global("numpy.core.multiarray", "scalar"), [0x29], Array("R.".utf8)).id == "pickle.call")
        #expect(try refusal([0x5d, 0x29], Array("b.".utf8)).id == "pickle.build")
        #expect(try refusal([0x4e, 0x29], Array("R.".utf8)).id == "pickle.call")
        // An array that is never filled.
        let empty = global("numpy.core.multiarray", "_reconstruct") + global("numpy", "ndarray") + [0x29, 0x4e, 0x87]
            + Array("R".utf8)
        let found = try refusal([0x7d], text("train"), [0x7d], text("text"), empty, Array("ss.".utf8))
        #expect(found.id == "pickle.array" && found.subject == ": train_text")
    }

    @Test func otherSchemas() throws {
        #expect(try refusal([0x5d], stop).id == "pickle.schema")
        let missing = try refusal([0x7d], text("tran"), [0x7d], Array("s.".utf8))
        #expect(missing.id == "dataset.missing" && missing.found == "tran")
    }

    // MARK: Formats

    @Test func formatsWithoutTheirEndings() throws {
        let folder = try TemporaryFolder()
        for name in ["mmsa_p4.pkl", "mmsa.npz"] {
            let path = try folder.write(Fixture.bytes(name), as: "data")
            #expect(try Dataset.load(path: path).train.sampleCount == 4)
        }
        let other = try folder.write(Array("text".utf8), as: "data")
        #expect(diagnostic { () throws(Diagnostic) in try Dataset.load(path: other) }?.id == "dataset.format")
    }

    @Test func safetensors() throws {
        let folder = try TemporaryFolder()
        let flat = try Dataset.load(path: Fixture.path("mmsa.npz"))
        var tensors: [String: HostTensor] = [:]
        for part in Dataset.Part.allCases {
            for modality in FeatureModality.allCases {
                let block = flat[part][modality]
                tensors["\(part.rawValue)_\(modality.rawValue)"] = HostTensor(shape: block.shape, floats: block.values)
            }
            tensors["\(part.rawValue)_labels"] = HostTensor(shape: [flat[part].labels.count], floats: flat[part].labels)
        }
        try Safetensors.write(tensors, to: folder.path("a.safetensors"))
        let dataset = try Dataset.load(path: folder.path("a.safetensors"))
        #expect(dataset.valid.text == flat.valid.text && dataset.test.labels == flat.test.labels)
        #expect(dataset.test.ids == ["0", "1", "2"])
    }
}
