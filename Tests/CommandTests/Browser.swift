import Foundation
import Testing

/// A browser without a window, for pages that run scripts; not every machine has one.
enum Browser {
    static let path: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let names = ["chromium", "chromium-browser", "google-chrome"]
        return names.lazy.flatMap { name in folders.map { "\($0)/\(name)" } }.first(where: FileManager.default.isExecutableFile)
    }()

    /// The document after its scripts have run.
    static func document(_ page: String, at place: String = "", in folder: TemporaryFolder) throws -> String {
        let arguments = options(folder) + ["--virtual-time-budget=5000", "--dump-dom", "file://\(page)\(place)"]
        return try Launch(try #require(path), arguments, environment: [:], in: nil).wait().output
    }

    /// Writes the document as it would be printed.
    static func print(_ page: String, to file: String, in folder: TemporaryFolder) throws {
        let arguments = options(folder) + ["--print-to-pdf=\(file)", "--no-pdf-header-footer", "file://\(page)"]
        _ = try Launch(try #require(path), arguments, environment: [:], in: nil).wait()
    }

    private static func options(_ folder: TemporaryFolder) -> [String] {
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--user-data-dir=\(folder.path("browser"))",
        ]
    }
}
