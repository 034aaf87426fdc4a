import Foundation
import Testing

/// What a command did.
struct Outcome {
    var command: String
    /// The exit code, or the number of the signal that ended it.
    var status: Int32
    var isSignal: Bool
    var output: String
    var errors: String

    var summary: Comment {
        "\(command)\nended with \(isSignal ? "signal" : "code") \(status)\n\(output.suffix(2000))\(errors.prefix(2000))"
    }

    var errorLines: [Substring] { errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast() }

    /// Fails the test unless the command succeeded without a word of complaint.
    @discardableResult
    func succeeded(at location: SourceLocation = #_sourceLocation) throws -> Outcome {
        try #require(!isSignal && status == 0, summary, sourceLocation: location)
        #expect(errors.isEmpty, summary, sourceLocation: location)
        return self
    }

    /// Expects the mistake of a user: exit code 2, nothing printed but notes, one line that says everything.
    ///
    /// - Parameters:
    ///   - id: the message's stable id.
    ///   - mentions: what the line names: the file, the thing, what was expected.
    ///   - hasPlace: whether the place in a text follows.
    func isRefused(
        _ id: String, _ mentions: String..., hasPlace: Bool = false, at location: SourceLocation = #_sourceLocation
    ) {
        isRefused(id, mentions: mentions, hasPlace: hasPlace, at: location)
    }

    func isRefused(
        _ id: String, mentions: [String], hasPlace: Bool = false, at location: SourceLocation = #_sourceLocation
    ) {
        #expect(!isSignal && status == 2, summary, sourceLocation: location)
        #expect(output.split(separator: "\n").allSatisfy { $0.hasPrefix("note: ") }, summary, sourceLocation: location)
        let line = errorLines.first ?? ""
        #expect(line.contains("error[\(id)]: ") || line.contains("not supported[\(id)]: "), summary, sourceLocation: location)
        for mention in mentions { #expect(line.contains(mention), "no word of \(mention): \(summary)", sourceLocation: location) }
        if hasPlace { return showsPlace(at: location) }
        #expect(errorLines.count == 1, summary, sourceLocation: location)
    }

    /// Expects three lines: the message, the line of the text, and a caret below it.
    func showsPlace(at location: SourceLocation = #_sourceLocation) {
        #expect(errorLines.count == 3, summary, sourceLocation: location)
        guard errorLines.count == 3 else { return }
        #expect(errorLines[2].last == "^" && errorLines[2].dropLast().allSatisfy { $0 == " " }, summary, sourceLocation: location)
        #expect(errorLines[2].count <= errorLines[1].count + 1, summary, sourceLocation: location)
    }

    /// Expects a mistake in the arguments: exit code 2 and how the command is used.
    func showsUsage(_ mentions: String..., at location: SourceLocation = #_sourceLocation) {
        #expect(!isSignal && status == 2, summary, sourceLocation: location)
        #expect(output.isEmpty, summary, sourceLocation: location)
        for mention in mentions + ["Error: ", "Usage: dg"] {
            #expect(errors.contains(mention), "no word of \(mention): \(summary)", sourceLocation: location)
        }
    }
}
