import Graph

extension DiagnosticArea {
    static let dataset = DiagnosticArea(
        "dataset", "what a data set must hold",
        [
            DiagnosticPage(
                "dataset.class", "A label is not the number of a class.",
                when: "The specification trains a classifier, and a label is not a whole number below the number of classes.",
                fix: "Number the classes from 0, or set `num_classes`; for scores of sentiment, set `train_mode=regression`."),
            DiagnosticPage(
                "dataset.element-type", "An array has another element type than is needed.",
                when: "Features are not floating-point numbers, labels are no numbers, or ids are neither texts nor whole "
                    + "numbers.",
                fix: "Convert the array before saving: `x.astype('float32')`."),
            DiagnosticPage(
                "dataset.empty", "A part has no samples, or a sample has no features.", when: "An extent of an array is 0.",
                fix: "Every part (train, valid, test) needs at least one sample with one time step and one feature."),
            DiagnosticPage(
                "dataset.feature-width", "The parts of a modality have different numbers of features.",
                when: "train, valid and test were extracted with different settings.", fix: "Extract all parts in the same way."),
            DiagnosticPage(
                "dataset.format", "The file is in no format of data sets.",
                when: "Neither its name nor its first bytes are those of an npz archive, a pickle or a safetensors file.",
                fix: "Give a .npz, .pkl or .safetensors file."),
            DiagnosticPage(
                "dataset.label", "A label is not a finite number.", when: "The labels hold NaN or an infinity.",
                fix: "Remove the sample, or mend its label."),
            DiagnosticPage(
                "dataset.missing", "The data set lacks an array.",
                when: "The file does not have all of `{train,valid,test}_{text,audio,vision,labels}`.",
                fix: "Write the array under the expected name; the message lists the arrays that are there."),
            DiagnosticPage(
                "dataset.output", "The name of the output does not end in .npz.",
                when: "`dgrun data --to` names another kind of file: only npz is written, and under another "
                    + "ending it would be taken for what it is not.",
                fix: "Name a file that ends in .npz."),
            DiagnosticPage(
                "dataset.rank", "An array has the wrong number of axes.", when: "Features, labels or ids have another rank.",
                fix: "Features are [samples, time, features] or [samples, features], labels [samples], ids [samples]."),
            DiagnosticPage(
                "dataset.sample-count", "The arrays of a part have different numbers of samples.",
                when: "A modality or the labels lack samples.",
                fix: "Write all arrays of a part for the same samples, in one order."),
            DiagnosticPage(
                "dataset.shape", "The features do not fit the plan.",
                when: "The plan was compiled for another length or width of a modality.",
                fix: "Compile the plan again with `--data` and this data set."),
            DiagnosticPage(
                "dataset.text-value", "A text feature is not finite.",
                when: "The text features hold NaN or an infinity. (In audio and vision these become 0, as in the released code.)",
                fix: "Mend the sample that the message names, or remove it."),
            DiagnosticPage(
                "dataset.time-steps", "The parts of a modality have different numbers of time steps.",
                when: "train, valid and test were padded to different lengths.", fix: "Pad all parts to one length."),
        ])

    static let metrics = DiagnosticArea(
        "metrics", "metrics of predictions",
        [
            DiagnosticPage(
                "metrics.empty", "There is nothing to evaluate.", when: "A part has no labels.", fix: "Add samples to the part."),
            DiagnosticPage(
                "metrics.label", "A label is not the number of a class.", when: "A class metric meets another number.",
                fix: "Number the classes from 0."),
            DiagnosticPage(
                "metrics.name", "The data set has no metric of this name.",
                when: "`selection_metric` or `scheduler_metric` names a metric that this kind of data set does not report.",
                fix: "Choose one of the names that the message lists."),
            DiagnosticPage(
                "metrics.sizes", "The numbers of predictions and labels do not fit.",
                when: "A model returns another number of values.",
                fix: "Compile the plan with this data set."),
        ])

    static let preparation: [DiagnosticArea] = [
        DiagnosticArea(
            "batch", "batches of samples",
            [
                DiagnosticPage(
                    "batch.samples", "There are no samples to make batches of.", when: "A part is empty.",
                    fix: "Add samples to it."),
                DiagnosticPage(
                    "batch.size", "A batch has no samples.", when: "The batch size is below 1.",
                    fix: "Set `batch_size` to 1 or more."),
            ]),
        DiagnosticArea(
            "standardization", "standardisation of features",
            [
                DiagnosticPage(
                    "standardization.percentiles", "The percentiles of clipping are out of order.",
                    when: "`feature_clip_percentiles` does not hold two rising numbers in 0...100.",
                    fix: "Write such as [1, 99]."),
                DiagnosticPage(
                    "standardization.width", "The features are not those that were measured.",
                    when: "Another number of features is to be standardised.", fix: "Use the same data set as for training."),
            ]),
        DiagnosticArea(
            "synthetic", "synthetic data sets",
            [
                DiagnosticPage(
                    "synthetic.number", "A number of the synthetic data set is out of range.",
                    when: "A noise or strength is impossible.",
                    fix: "Choose a number in the range of the message."),
                DiagnosticPage(
                    "synthetic.size", "A size of the synthetic data set is out of range.",
                    when: "It is below 1 or above a million.",
                    fix: "Choose a size in the range of the message."),
            ]),
    ]
}

extension [DiagnosticArea] {
    /// Of everything that reads and writes files.
    public static var data: [DiagnosticArea] {
        [.files, .folders, .npz, .npy, .pickle, .safetensors, .dataset, .metrics] + DiagnosticArea.preparation
    }
}
