import Graph

extension DiagnosticArea {
    static let specification = DiagnosticArea(
        "spec", "specifications of models: their keys and values",
        [
            DiagnosticPage(
                "spec.bert", "A BERT text encoder is not built in.", when: "`use_bert` is true.",
                fix: "Set `use_bert=false`, with text features in the data set."),
            DiagnosticPage(
                "spec.choice", "The value of a key is none of its choices.",
                when: "A name is misspelled or belongs to another key.",
                fix: "Write one of the values that the message lists.",
                example: """
                    a.json:3:3: error[spec.choice]: train_mode: the value is not known; expected one of "regression", \
                    "classification"; found "classify"
                    """),
            DiagnosticPage(
                "spec.heads", "The number of heads does not divide the width.",
                when: "`dst_feature_dim_nheads` gives a width that attention cannot share equally among the heads.",
                fix: "Choose a width that is a multiple of the number of heads."),
            DiagnosticPage(
                "spec.kernel", "A convolution is longer than its sequence.",
                when: "`conv1d_kernel_size_l`, `_a` or `_v` is above the sequence length of its modality.",
                fix: "Choose a shorter kernel, or pad the sequences of the data set."),
            DiagnosticPage(
                "spec.metric", "The evaluation of this data set does not report the metric.",
                when: "`selection_metric` or `scheduler_metric` belongs to another data set.",
                fix: "Choose one of the metrics that the message lists, or `Loss`."),
            DiagnosticPage(
                "spec.missing-file", "There is no such specification file.",
                when: "A path is misspelled, or a preset does not exist.",
                fix: "Name a JSON file, or one of the presets mosi, mosei, sims, iemocap."),
            DiagnosticPage(
                "spec.missing-key", "The specification lacks a key that has no default.",
                when: "`dst_feature_dim_nheads` or `nlevels` is missing, or a key that another one makes necessary.",
                fix: "Add the key, or give it with `--set key=value`."),
            DiagnosticPage(
                "spec.missing-sizes", "Nothing says how large the features are.",
                when: "The specification has no `feature_dims` and `seq_lens`, and no data set is given.",
                fix: "Compile with `--data FILE.npz`, or add both keys."),
            DiagnosticPage(
                "spec.override", "An override is not a key and a value.", when: "`--set` is given without an equals sign.",
                fix: "Write `--set key=value`, once for each key."),
            DiagnosticPage(
                "spec.preset", "There is no built-in specification of this name.", when: "A name is misspelled.",
                fix: "Name one of mosi, mosei, sims, iemocap."),
            DiagnosticPage(
                "spec.range", "The value of a key is out of range.", when: "A number is too small, too large, or not whole.",
                fix: "Write a value in the range that the message gives."),
            DiagnosticPage(
                "spec.size", "The file is too large for a specification.", when: "Another file was named.",
                fix: "Name the JSON file of the specification; data sets are given with `--data`."),
            DiagnosticPage(
                "spec.sizes", "The sizes in the specification are not those of the data.",
                when: "`feature_dims` was written for another data set. (Other lengths than `seq_lens` are only noted.)",
                fix: "Remove the key, or `--set feature_dims=null`, so that the data give the sizes; or name the right file."),
            DiagnosticPage(
                "spec.type", "The value of a key has the wrong type.", when: "A text stands where a number belongs, or the like.",
                fix: "Write a value of the type that the message expects; numbers have no quotes."),
            DiagnosticPage(
                "spec.unknown-key", "A key is none of a specification.", when: "It is misspelled, or belongs to another program.",
                fix: "Remove it, or write the key that the message suggests.",
                example: """
                    a.json:7:3: error[spec.unknown-key]: batch_sizes: "batch_sizes" is no key of a specification in a.json; \
                    expected perhaps "batch_size"; found "batch_sizes"
                    """),
            DiagnosticPage(
                "spec.unreadable", "The specification cannot be read.", when: "It is a folder, or may not be read.",
                fix: "Check the path and the right to read it."),
        ])

    static let json = DiagnosticArea(
        "json", "JSON texts",
        [
            DiagnosticPage(
                "json.syntax", "The text is not JSON.",
                when: "A comma, quote or bracket is missing or stands too much, a key stands twice, or a number is too large. "
                    + "Comments and commas before a closing bracket are no JSON.",
                fix: "Mend the text at the caret; the cause may stand just before it.")
        ])

    static let model = DiagnosticArea(
        "model", "the declared model and its sizes",
        [
            DiagnosticPage(
                "model.class-weights", "Class weights are missing, of the wrong number or not positive.",
                when: "`class_weight` asks for balanced weights, which come from the training data.",
                fix: "Compile with `--data`, make sure that each class has samples, or set `class_weight=none`."),
            .bug("model.covariance", "Mixtures with different forms of covariances meet."),
            DiagnosticPage(
                "model.element-type", "The model works on floating numbers only.",
                when: "A graph is asked for in another element type.",
                fix: "Use f32, or f64 to check gradients."),
            DiagnosticPage(
                "model.kernel", "A convolution is longer than its sequence.",
                when: "The data have fewer time steps than a kernel.",
                fix: "Set `conv1d_kernel_size_l`, `_a` or `_v` to at most the sequence length."),
            .bug("model.parameter", "The model uses a parameter that it does not declare."),
            DiagnosticPage(
                "model.size", "A size of the model is out of range.",
                when: "A width, length or batch is 0, or all of them are too large "
                    + "together.",
                fix: "The message names the size and its range; look for a wrong axis in the data set."),
        ])
}

extension [DiagnosticArea] {
    /// Of specifications and models.
    public static var models: [DiagnosticArea] {
        [.specification, .json, .model]
    }
}
