import Graph

/// Numbers of bytes on the command line, such as `512MiB`.
enum ByteCount {
    private static let units: [(suffix: String, bytes: Int)] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("", 1)]

    /// - Throws: `arguments.bytes`.
    static func parse(_ text: String, option: String) throws(Diagnostic) -> Int {
        for unit in units where text.hasSuffix(unit.suffix) {
            let digits = text.dropLast(unit.suffix.count)
            guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let count = Int(digits), count > 0 else { break }
            let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: unit.bytes)
            guard !isTooLarge else { break }
            return bytes
        }
        throw Diagnostic(
            "arguments.bytes", option, "a number of bytes is a whole number, alone or before KiB, MiB or GiB",
            expected: "such as 512MiB", found: text)
    }
}
