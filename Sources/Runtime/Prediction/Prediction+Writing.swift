import Data
import Graph

extension Prediction {
    /// Comma-separated values: a head, then a row for each sample.
    public var csv: String {
        var head = ["id", "prediction"]
        if isClassification { head += (0..<width).map { "logit_\($0)" } }
        if labels != nil { head.append("label") }
        var text = head.joined(separator: ",") + "\n"
        for (index, prediction) in predictions.enumerated() {
            var fields = [Self.field(ids[index]), isClassification ? "\(Int(prediction))" : "\(prediction)"]
            if isClassification { fields += logits[(index * width)..<((index + 1) * width)].map { "\($0)" } }
            if let labels { fields.append(isClassification ? "\(Int(labels[index]))" : "\(labels[index])") }
            text += fields.joined(separator: ",") + "\n"
        }
        return text
    }

    /// In quotes where a comma, a quote or a new line would be taken for the table's own.
    private static func field(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) || $0 == "\r\n" }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    /// Writes a table (.csv), or the arrays `ids`, `predictions`, `logits` and `labels` (.npz).
    ///
    /// - Throws: `predict.output`, or why the file cannot be written.
    public func write(to path: String) throws(Diagnostic) {
        switch try Self.format(path) {
        case .csv: try AtomicFile.write(Array(csv.utf8), to: path)
        case .npz:
            var tensors = [
                "ids": HostTensor(shape: [ids.count], texts: ids),
                "predictions": HostTensor(shape: [ids.count], floats: predictions),
                "logits": HostTensor(shape: [ids.count, width], floats: logits),
            ]
            if let labels { tensors["labels"] = HostTensor(shape: [labels.count], floats: labels) }
            try NpzFile.write(tensors, to: path)
        }
    }

    private enum Format: String, CaseIterable {
        case csv, npz
    }

    private static func format(_ path: String) throws(Diagnostic) -> Format {
        if let format = Format.allCases.first(where: { path.lowercased().hasSuffix(".\($0.rawValue)") }) { return format }
        throw Diagnostic("predict.output", path, "the name does not say which format is wanted", expected: "NAME.csv or NAME.npz")
    }

    /// Checks that results can be written there, before anything is computed.
    public static func checkOutput(_ path: String) throws(Diagnostic) {
        _ = try format(path)
        try AtomicFile.check(path)
    }
}
