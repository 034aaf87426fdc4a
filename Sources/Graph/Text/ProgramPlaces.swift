/// Where the parts of a program stand in its text, by the names that the verifier's messages give them.
struct ProgramPlaces {
    private let program: Int
    private var offsets: [String: Int] = [:]

    /// - Parameter program: the offset of the program's name.
    init(program: Int) {
        self.program = program
    }

    /// Of parts with one name, messages mean the first: steps may share a label.
    mutating func add(_ subject: String, at offset: Int) {
        if offsets[subject] == nil { offsets[subject] = offset }
    }

    /// The offset of a part, or of the program if the message is about all of it.
    subscript(_ subject: String) -> Int { offsets[subject] ?? program }
}

extension Program {
    /// The program of a text that holds exactly one, with everything that `ProgramVerifier` says of it.
    ///
    /// - Throws: the first broken rule as the mistake of the text's author, with its place.
    public static func parseVerified(_ text: String, file: String) throws(Diagnostic) -> Program {
        var reader = try BlockReader(text, file: file, .program)
        let (program, places) = try reader.onlyBlock(ProgramParser.parseBlock)
        do throws(Diagnostic) {
            try ProgramVerifier.check(program)
        } catch {
            var located = error
            located.subject = "program @\(program.name), \(error.subject)"
            located.location = SourceText(text, file: file).location(places[error.subject])
            throw located
        }
        return program
    }
}
