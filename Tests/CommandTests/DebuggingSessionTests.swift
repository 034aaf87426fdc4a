import Foundation
import Testing

/// The sessions of `docs/debugging.md` go as the page shows them: a planted bug is found with at most three commands.
@Suite struct DebuggingSessionTests {
    private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/debugging.md").path
    private static let sessions = Result { DocumentedSession.all(in: try String(contentsOfFile: page, encoding: .utf8)) }
    private static let isRecording = ProcessInfo.processInfo.environment["DG_RECORD"] == "all"

    @Test func thereAreTenSessions() throws {
        #expect(try Self.sessions.get().count >= 10)
    }

    @Test(arguments: (try? sessions.get().map(\.title)) ?? [])
    func goesAsThePageSays(_ title: String) throws {
        let session = try #require(try Self.sessions.get().first { $0.title == title })
        #expect(session.commands.count { !$0.isSetup } <= 3, "three commands are enough")
        let outputs = try session.run(in: TemporaryFolder())
        for (command, found) in zip(session.commands, outputs) where !DocumentedSession.matches(command.output[...], found[...]) {
            if Self.isRecording { try Self.record(title, command.line, found) }
            Issue.record("$ \(command.line)\n\(found.joined(separator: "\n"))")
        }
    }

    private static let recording = NSLock()

    /// Writes an output into the page as it stands now.
    private static func record(_ title: String, _ command: String, _ output: [String]) throws {
        try recording.withLock {
            let text = try String(contentsOfFile: page, encoding: .utf8)
            guard let place = DocumentedSession.all(in: text).first(where: { $0.title == title })?.commands
                .first(where: { $0.line == command })?.range
            else { return }
            var lines = text.components(separatedBy: "\n")
            lines.replaceSubrange(place, with: output)
            try lines.joined(separator: "\n").write(toFile: page, atomically: true, encoding: .utf8)
        }
    }
}
