import Graph

/// Data sets in one npz file with the arrays `{train,valid,test}_{text,audio,vision,labels,ids}`.
public enum FlatDataset {
    /// Writes a data set so that `Dataset.load` gives it back, as it stands after repairs and standardisation.
    ///
    /// Features go through memory in pieces, whatever their size.
    public static func write(_ dataset: Dataset, to path: String) throws(Diagnostic) {
        try write(to: path) { (part) throws(Diagnostic) in (dataset[part], [("labels", dataset[part].labels)]) }
    }

    /// Writes the samples of another data file, with all labels that it has and its features as they are, as f32.
    ///
    /// - Returns: the names of what is left out.
    public static func convert(_ path: String, to output: String) throws(Diagnostic) -> [String] {
        let file = try DataFormat.open(path, isVerified: true)
        let hasScores = !Set(file.names).isDisjoint(with: ["train_labels", "train_regression_labels"])
        let reader = DatasetReader(file: file, labels: hasScores ? .regression : .classification)
        let dataset = try reader.dataset(.sizes)
        try write(to: output) { (part) throws(Diagnostic) in (dataset[part], try reader.allLabels(part, count: dataset[part].labels.count)) }
        return Set(file.names).subtracting(DatasetReader.sampleNames).sorted()
    }

    /// Refuses names that would be taken for another format.
    public static func checkName(_ path: String) throws(Diagnostic) {
        guard !path.lowercased().hasSuffix(".npz") else { return }
        throw Diagnostic(
            "dataset.output", path, "data sets are written in one format, which the name has to say", expected: "NAME.npz")
    }

    private static func write(
        to path: String,
        _ part: (Dataset.Part) throws(Diagnostic) -> (split: Split, labels: [(name: String, values: [Float])])
    ) throws(Diagnostic) {
        try AtomicFile.write(to: path) { (file) throws(Diagnostic) in
            var writer = ZipWriter(file: file, path: path)
            for name in Dataset.Part.allCases {
                let (split, labels) = try part(name)
                for modality in FeatureModality.allCases {
                    try write(split[modality], "\(name.rawValue)_\(modality.rawValue)", &writer)
                }
                for (label, values) in labels {
                    try write(HostTensor(shape: [values.count], floats: values), "\(name.rawValue)_\(label)", path, &writer)
                }
                try write(HostTensor(shape: [split.ids.count], texts: split.ids), "\(name.rawValue)_ids", path, &writer)
            }
            try writer.finish()
        }
    }

    private static func write(
        _ tensor: HostTensor, _ name: String, _ path: String, _ writer: inout ZipWriter
    ) throws(Diagnostic) {
        try writer.add(name + ".npy", Npy.encode(tensor, subject: "\(path): \(name)"))
    }

    private static func write(_ block: FeatureBlock, _ name: String, _ writer: inout ZipWriter) throws(Diagnostic) {
        let prologue = Npy.prologue(NpyHeader(elementType: "<f4", isFortranOrder: false, shape: block.shape))
        let size = block.sampleCount * block.sampleSize * MemoryLayout<Float>.size
        try writer.begin(name + ".npy", size: prologue.count + size)
        try writer.append(prologue)
        let chunks = block.chunks
        // As many at a time as there are usually processors: reading, converting or computing them is most of the work.
        let together = 4
        for first in stride(from: 0, to: chunks.count, by: together) {
            let group = chunks[first..<min(first + together, chunks.count)]
            let parts = Parallel.map(group.count) { LittleEndian.bytes(ofAll: block.values(of: group[first + $0])) }
            for part in parts { try writer.append(part) }
        }
        try writer.end()
    }
}
