import Data
import Graph
import Testing

@Suite struct NpzTests {
    private static let tensors = [
        "floats": HostTensor(shape: [2, 2], floats: [1, 2, 3, -4.5]),
        "ids": HostTensor(shape: [2], texts: ["a", "bé"]),
    ]

    @Test func roundTrip() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.npz")
        try NpzFile.write(NpzTests.tensors, to: path)
        #expect(try NpzFile.read(path: path) == NpzTests.tensors)
        #expect(try NpzFile(path: path).names == ["floats", "ids"])
        #expect(try NpzFile(path: path).tensor(named: "other") == nil)
        try NpzFile.write([:], to: path)
        #expect(try NpzFile.read(path: path).isEmpty)
        #expect(try folder.fileNames == ["a.npz"])
    }

    @Test(arguments: ["numpy_stored.npz", "numpy_compressed.npz"])
    func numpyArchive(name: String) throws {
        let tensors = try NpzFile.read(path: Fixture.path(name))
        #expect(tensors.count == 9)
        #expect(tensors["floats"] == HostTensor(shape: [2, 3], floats: [1.5, -2.25, .infinity, 0, 3e-8, -0.0]))
        #expect(tensors["doubles"] == HostTensor(shape: [2], doubles: [0.1, -1e300]))
        #expect(tensors["longs"] == HostTensor(shape: [3], int64s: [-(1 << 62), 0, 7]))
        #expect(tensors["ints"] == HostTensor(shape: [2, 1], int32s: [5, -6]))
        #expect(tensors["bools"] == HostTensor(shape: [3], bools: [true, false, true]))
        #expect(tensors["ids"] == HostTensor(shape: [4], texts: ["a$_$1", "Zürich", "情感", ""]))
        #expect(tensors["codes"] == HostTensor(shape: [2], texts: ["ab", "c"]))
        #expect(tensors["scalar"] == HostTensor(shape: [], doubles: [2.5]))
        #expect(tensors["empty"] == HostTensor(shape: [0, 3], floats: []))
    }

    @Test func wideArchive() throws {
        let tensors = try NpzFile.read(path: Fixture.path("numpy_zip64.npz"))
        #expect(tensors["ids"] == HostTensor(shape: [4], texts: ["a$_$1", "Zürich", "情感", ""]))
        #expect(tensors["floats"]?.shape == [2, 3])
    }

    /// Sizes and places in 64 bits: all of them, or those of the second member and the directory.
    @Test(arguments: [0, 1, 150, 200, 300, 400]) func wideWriting(_ limit: Int) throws {
        let folder = try TemporaryFolder()
        try NpzFile.write(NpzTests.tensors, to: folder.path("a.npz"), wideFrom: limit)
        #expect(try NpzFile.read(path: folder.path("a.npz")) == NpzTests.tensors)
    }

    @Test func robustWhenStored() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.npz")
        try NpzFile.write(NpzTests.tensors, to: path)
        let bytes = try [UInt8](contentsOf: path)
        try expectRobustness(of: bytes) { (path) throws(Diagnostic) in try NpzFile.read(path: path) }
    }

    @Test(arguments: ["numpy_compressed.npz", "numpy_zip64.npz"])
    func robustWhenCompressed(name: String) throws {
        try expectRobustness(of: Fixture.bytes(name)) { (path) throws(Diagnostic) in try NpzFile.read(path: path) }
    }

    @Test func unreadablePaths() throws {
        let folder = try TemporaryFolder()
        func found(_ path: String) -> Diagnostic? {
            diagnostic { () throws(Diagnostic) in try NpzFile.read(path: path) }
        }
        #expect(found(folder.path("none"))?.id == "file.unreadable")
        #expect(found(folder.path("none"))?.found == "No such file or directory")
        #expect(found(folder.root)?.id == "file.not-regular")
        #expect(found("/dev/zero")?.id == "file.not-regular")
        #expect(found(try folder.write(Array("hello".utf8)))?.id == "npz.truncated")
    }

    @Test func unwritablePaths() throws {
        let folder = try TemporaryFolder()
        func found(_ path: String) -> Diagnostic? {
            diagnostic { () throws(Diagnostic) in try NpzFile.write(NpzTests.tensors, to: path) }
        }
        let missing = folder.path("none/a.npz")
        #expect(found(missing)?.id == "file.unwritable")
        #expect(found(missing)?.subject == missing)
        #expect(found(folder.root)?.id == "file.not-regular")
        #expect(found("/dev/null")?.id == "file.not-regular")
        #expect(found("")?.exitCode == 2)
    }

    @Test func failedWriteLeavesTheOldFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.npz")
        try NpzFile.write(NpzTests.tensors, to: path)
        let broken = ["a": HostTensor(shape: [1], floats: [1]), "b": HostTensor(shape: [9], floats: [])]
        let found = diagnostic { () throws(Diagnostic) in try NpzFile.write(broken, to: path) }
        #expect(found?.id == "npy.inconsistent")
        #expect(found?.subject == "\(path): b")
        #expect(try NpzFile.read(path: path) == NpzTests.tensors)
        #expect(try folder.fileNames == ["a.npz"])
    }

    @Test func wholeFile() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write([1, 2, 3], to: folder.path("a"))
        try AtomicFile.write([4], to: folder.path("a"))
        #expect(try [UInt8](contentsOf: folder.path("a")) == [4])
    }
}
