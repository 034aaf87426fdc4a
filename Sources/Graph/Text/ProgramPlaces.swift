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

    func contains(_ subject: String) -> Bool { offsets[subject] != nil }

    /// The offset of a part, or of the program if the message is about all of it.
    subscript(_ subject: String) -> Int { offsets[subject] ?? program }
}

extension Program {
    /// The programs that a text spells, with everything that `ProgramVerifier` says of them.
    ///
    /// - Throws: the first broken rule as the mistake of the text's author, with its place.
    public static func parseVerified(_ text: String, file: String) throws(Diagnostic) -> [Program] {
        let source = SourceText(text, file: file)
        let located = try LocatedProgram.parseAll(text, file: file)
        for part in located {
            do throws(Diagnostic) {
                try ProgramVerifier.check(part.program)
            } catch {
                throw error.located(in: source, at: part.places[error.subject], "program @\(part.program.name), \(error.subject)")
            }
        }
        let programs = located.map(\.program)
        do throws(Diagnostic) {
            try ProgramVerifier.checkShared(programs)
        } catch {
            throw LocatedProgram.locate(error, among: located, source)
        }
        return programs
    }
}

extension LocatedProgram {
    /// A message about several programs is about an input of the one that it names, or else of the last that has it.
    fileprivate static func locate(_ error: Diagnostic, among programs: [LocatedProgram], _ source: SourceText) -> Diagnostic {
        for part in programs.reversed() {
            let prefix = "program @\(part.program.name), "
            let subject = error.subject.hasPrefix(prefix) ? String(error.subject.dropFirst(prefix.count)) : error.subject
            if part.places.contains(subject) { return error.located(in: source, at: part.places[subject], error.subject) }
        }
        return error
    }
}

extension Diagnostic {
    fileprivate func located(in source: SourceText, at offset: Int, _ subject: String) -> Diagnostic {
        var located = self
        located.subject = subject
        located.location = source.location(offset)
        return located
    }
}
