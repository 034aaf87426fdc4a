import Graph

/// Labels that number classes.
public enum ClassLabels {
    /// Checks that every label is the number of one of the classes.
    ///
    /// - Parameter subject: the file and the array, for messages.
    public static func check(_ labels: [Float], classCount: Int, subject: String) throws(Diagnostic) {
        guard let index = labels.firstIndex(where: { !isClass($0, classCount) }) else { return }
        throw Diagnostic(
            "dataset.class", subject, "label \(index) is not a class",
            expected: "a whole number in 0..<\(classCount)", found: "\(labels[index])")
    }

    private static func isClass(_ label: Float, _ classCount: Int) -> Bool {
        guard let number = Int(exactly: label) else { return false }
        return (0..<classCount).contains(number)
    }
}

extension Dataset {
    /// Checks that the labels of all parts are numbers of classes.
    public func checkClasses(count: Int, file: String) throws(Diagnostic) {
        for part in Part.allCases {
            try ClassLabels.check(self[part].labels, classCount: count, subject: "\(file): \(part.rawValue)_labels")
        }
    }
}
