import Foundation
import Graph

// DG_READER names a reader. Built for fuzzing, libFuzzer drives it with the arguments of libFuzzer; otherwise it reads each of
// the files that are named, as a failing input is looked at, and says what came of it.

let name = ProcessInfo.processInfo.environment["DG_READER"] ?? ""
guard let reader = FuzzedReader(rawValue: name) else {
    print("DG_READER is one of \(FuzzedReader.allCases.map(\.rawValue).joined(separator: ", "))")
    exit(2)
}

#if FUZZER
    exit(Fuzzer.run(reader))
#else
    for path in CommandLine.arguments.dropFirst() {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            print("\(path): cannot be read")
            exit(2)
        }
        // Not held back by a buffer: the last line says which file it was that the process ended with.
        FileHandle.standardOutput.write(Foundation.Data("\(path): ".utf8))
        let refusal = Array(bytes).withUnsafeBufferPointer(reader.refusal)
        FileHandle.standardOutput.write(Foundation.Data("\(refusal.map { "refused: \($0.id)" } ?? "read")\n".utf8))
    }
#endif
