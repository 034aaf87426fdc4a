import Graph

/// Data sets in one npz file with the arrays `{train,valid,test}_{text,audio,vision,labels,ids}`.
public enum FlatDataset {
    /// Writes a data set so that `Dataset.load` gives it back.
    public static func write(_ dataset: Dataset, to path: String) throws(Diagnostic) {
        var tensors: [String: HostTensor] = [:]
        for part in Dataset.Part.allCases {
            let split = dataset[part]
            for modality in FeatureModality.allCases {
                tensors["\(part.rawValue)_\(modality.rawValue)"] = HostTensor(
                    shape: split[modality].shape, floats: split[modality].values)
            }
            tensors["\(part.rawValue)_labels"] = HostTensor(shape: [split.labels.count], floats: split.labels)
            tensors["\(part.rawValue)_ids"] = HostTensor(shape: [split.ids.count], texts: split.ids)
        }
        try NpzFile.write(tensors, to: path)
    }
}
