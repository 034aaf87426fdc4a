import Data
import Graph
import Testing

@Suite struct NpyTests {
    private func file(_ header: String, _ payload: [UInt8] = [], version: UInt8 = 1) -> [UInt8] {
        let text = Array(header.utf8)
        let length = version == 1 ? littleEndian(UInt16(text.count)) : littleEndian(UInt32(text.count))
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + payload
    }

    private func header(_ type: String, _ shape: String, order: String = "False") -> String {
        "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }\n"
    }

    private func error(_ bytes: [UInt8]) -> String? {
        diagnostic { () throws(Diagnostic) in try Npy.decode(bytes[...], subject: "x.npz: a") }?.id
    }

    @Test(arguments: [
        HostTensor(shape: [2, 3], floats: [1, -2, .infinity, 0, .leastNonzeroMagnitude, 6]),
        HostTensor(shape: [2], doubles: [0.1, -1e300]),
        HostTensor(shape: [1, 2, 1], int32s: [-1, .max]),
        HostTensor(shape: [2], int64s: [.min, 5]),
        HostTensor(shape: [3], bools: [true, false, true]),
        HostTensor(shape: [3], texts: ["a", "", "情感 Zürich 🎈"]),
        HostTensor(shape: [2], texts: ["", ""]),
        HostTensor(shape: [], doubles: [2.5]),
        HostTensor(shape: [0, 4], floats: []),
    ])
    func roundTrip(tensor: HostTensor) throws {
        let bytes = try Npy.encode(tensor, subject: "a")
        let dataSize = bytes.count % 64
        #expect(bytes.count - dataSize >= 64)
        #expect(try Npy.decode(bytes[...], subject: "a") == tensor)
        // Within other bytes, as in an archive.
        let surrounded = [1, 2, 3] + bytes + [4]
        #expect(try Npy.decode(surrounded[3..<(3 + bytes.count)], subject: "a") == tensor)
    }

    /// As many axes as numpy has, and headers as long as those of version 1 can be.
    @Test func longHeader() throws {
        func ones(_ count: Int) throws -> [UInt8] {
            try Npy.encode(HostTensor(shape: [Int](repeating: 1, count: count), floats: [7]), subject: "a")
        }
        #expect(try Npy.decode(ones(64)[...], subject: "a").shape.count == 64)
        #expect(try error(ones(65)) == "npy.header")
        #expect(try error(ones(30_000)) == "npy.header")
        let short = header("<i4", "(1,)")
        for (length, id) in [(65_535, nil), (65_536, "npy.header")] {
            let long = short + String(repeating: " ", count: length - short.utf8.count)
            #expect(error(file(long, [0, 0, 0, 0], version: 2)) == id)
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt8])
    func versions(version: UInt8) throws {
        let bytes = file(header("<i4", "(2,)"), littleEndian(Int32(3), -4), version: version)
        #expect(try Npy.decode(bytes[...], subject: "a") == HostTensor(shape: [2], int32s: [3, -4]))
    }

    @Test func keysInAnyOrder() throws {
        let bytes = file("{\"shape\": ( 1 ), 'fortran_order':False,'descr': '|S3'}", Array("ab\0".utf8))
        #expect(try Npy.decode(bytes[...], subject: "a") == HostTensor(shape: [1], texts: ["ab"]))
    }

    @Test func refusedByName() {
        #expect(
            error(file(header("<f4", "(2, 2)", order: "True"), [UInt8](repeating: 0, count: 16))) == "npy.fortran-order"
        )
        for type in [
            ">f4", "<f2", "|u1", "<i2", "|O", "<c8", "<U", "<U0", "|S0", "<U-1", "<U99999999999999999999", "", "f4",
        ] {
            #expect(error(file(header(type, "(2,)"), [0, 0, 0, 0])) == "npy.element-type", "\(type)")
        }
        let found = diagnostic { () throws(Diagnostic) in
            try Npy.decode(file(header("<f2", "(2,)"))[...], subject: "x.npz: a")
        }
        #expect(found?.subject == "x.npz: a")
        #expect(found?.found == "<f2 (16-bit floats)")
        #expect(found?.kind == .knownLimitation)
    }

    @Test(arguments: [
        "", "{}", "{'descr': '<f4', 'fortran_order': False}", "{'descr': '<f4', 'fortran_order': False, 'shape': 2}",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", "{'descr': '<f4, 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 'x'}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x",
        "{'descr': '<f4' 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4", "{'descr'", "{,}", "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
    ])
    func brokenHeader(header: String) {
        #expect(error(file(header, [UInt8](repeating: 0, count: 8))) == "npy.header")
    }

    @Test func brokenFiles() {
        #expect(error([]) == "npy.truncated")
        #expect(error(Array("NUMPY".utf8)) == "npy.magic")
        #expect(error(file(header("<f4", "(2,)"), version: 4)) == "npy.version")
        #expect(error(file(header("<f4", "(2,)"), [0, 0, 0])) == "npy.truncated")
        #expect(error(file(header("<f4", "(2,)"), [UInt8](repeating: 0, count: 9))) == "npy.trailing")
        #expect(error(file(header("<f4", "(4611686018427387904, 4)"))) == "npy.shape")
        #expect(error(file(header("<f4", "(4611686018427387904, 4, 0)"))) == "npy.shape")
        #expect(error(file(header("<f8", "(4611686018427387904,)"))) == "npy.shape")
        #expect(error(file(header("<U4611686018427387904", "(1,)"))) == "npy.shape")
        #expect(error(file(header("|b1", "(2,)"), [1, 2])) == "npy.bool")
        #expect(error(file(header("<U1", "(1,)"), littleEndian(UInt32(0xd800)))) == "npy.text")
        #expect(error(file(header("|S2", "(1,)"), [0xff, 0xfe])) == "npy.text")
    }

    @Test func unwritableTensors() {
        func error(_ tensor: HostTensor) -> String? {
            diagnostic { () throws(Diagnostic) in try Npy.encode(tensor, subject: "a") }?.id
        }
        #expect(error(HostTensor(shape: [3], floats: [1])) == "npy.inconsistent")
        #expect(error(HostTensor(shape: [-1], floats: [1])) == "npy.inconsistent")
        #expect(error(HostTensor(shape: [1], texts: ["a\0"])) == "npy.text-end")
    }
}
