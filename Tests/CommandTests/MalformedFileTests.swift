import Foundation
import Testing

/// Every named malformed file is refused by the command that a user gives it to: its id, its place, exit code 2, and nothing written.
@Suite struct MalformedFileTests {
    @Test(arguments: MalformedFile.all)
    func isRefused(_ file: MalformedFile) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Foundation.Data(file.bytes), as: file.file)
        let (tool, arguments) = file.command(path, in: folder)
        let outcome = try run(tool, arguments)
        #expect(!outcome.isSignal && outcome.status == 2, outcome.summary)
        let line = String(outcome.errorLines.first ?? "")
        #expect(line.contains("[\(file.id)]: "), outcome.summary)
        // Byte 1 is not byte 10.
        let isThere = line.ranges(of: file.place.words).contains { $0.upperBound == line.endIndex || !line[$0.upperBound].isNumber }
        #expect(isThere, outcome.summary)
        #expect(line.contains(file.file), outcome.summary)
        #expect(try folder.names == [file.file])
    }

    @Test func namesAreUnique() {
        let names = MalformedFile.all.map(\.testDescription)
        #expect(Set(names).count == names.count)
        #expect(names.count >= 60)
    }
}
