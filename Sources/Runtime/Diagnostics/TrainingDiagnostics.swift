import Graph

extension DiagnosticArea {
    static let training = DiagnosticArea(
        "train", "training, and the folders of its runs",
        [
            DiagnosticPage(
                "train.description", "The file run.json does not describe a run.", when: "It was changed by hand, or damaged.",
                fix: "Bring the file back as dgrun wrote it, or train again in another folder."),
            DiagnosticPage(
                "train.different", "What is given is not what the run was started with.",
                when: "`--resume` finds a plan, data or options that would not go on to what an uninterrupted run gives: the "
                    + "plan was compiled again from another specification, or the data file was replaced.",
                fix: "Give what the message expects, or start a new run in another folder, perhaps with `--init`.",
                example: "error[train.different]: run: the run was started with another specification: learning_rate, and would "
                    + "not go on as it began; expected 0.001; found 0.002"),
            DiagnosticPage(
                "train.diverged", "The loss is not finite.",
                when: "An update was too large, or a sample has extreme features. The weights of the best epoch are kept.",
                fix: "Lower `learning_rate`, lower `clip`, or standardise the features with `need_feature_standardized`.",
                example: "error[train.diverged]: a.plan: the loss of epoch 3, step 17 is not finite; expected a finite loss; "
                    + "perhaps a lower learning_rate keeps it so; found nan"),
            DiagnosticPage(
                "train.exists", "The folder has a run already.", when: "`--out` names the folder of an older run.",
                fix: "Go on with that run by `--resume`, replace it with `--overwrite`, or choose another folder."),
            DiagnosticPage(
                "train.format", "The run has the format of another version.", when: "Another version of dgrun started it.",
                fix: "Resume it with that version."),
            DiagnosticPage(
                "train.initial", "The first values are a file of the run that is to be replaced.",
                when: "`--init` names a file in the folder that `--overwrite` clears.",
                fix: "Copy the file elsewhere and name the copy, or give the new run another folder."),
            DiagnosticPage(
                "train.metrics", "A file of metrics lacks epochs of the run.",
                when: "Lines were removed from it, or it was replaced.",
                fix: "Bring the file back, or train again in another folder; the weights are not affected."),
            DiagnosticPage(
                "train.missing", "There is no run to go on with.",
                when: "`--resume` names another folder, or the run ended before its files were written.",
                fix: "Name the folder of the run, or start it with `--out`."),
            DiagnosticPage(
                "train.result", "The file result.json is not the result of this run.",
                when: "It was changed by hand, or damaged.",
                fix: "Remove the file and resume the run: the test is repeated."),
        ])

    static let reports = DiagnosticArea(
        "report", "pages about runs",
        [
            DiagnosticPage(
                "report.data", "The data are not those that the run was trained on.",
                when: "The data file was changed or replaced after the run began, or `--data` names another one.",
                fix: "Bring the file back, or name it with `--data`."),
            DiagnosticPage(
                "report.metrics", "The metrics of a run cannot be read.",
                when: "`metrics.jsonl` was changed or cut off: a line is no record, or records of epochs are missing.",
                fix: "Bring the file back as dgrun wrote it, or train again in another folder."),
            DiagnosticPage(
                "report.mixed", "The runs cannot stand on one page.",
                when: "They have other metrics, such as those of iemocap and of mosi, or were tested on other samples: numbers that "
                    + "stand side by side would compare nothing.",
                fix: "Write a page for the runs of each data set."),
            DiagnosticPage(
                "report.run", "There is no run in the folder.", when: "The folder was not written by `dgrun train`.",
                fix: "Name a folder that has `run.json`, or the `table.json` of an ablation or sweep."),
            DiagnosticPage(
                "report.study", "The study has nothing to show.",
                when: "`table.json` was changed or cut off, or no run of the ablation or sweep is over.",
                fix: "Let the study go on with `--resume`: it writes the table again."),
            DiagnosticPage(
                "report.unfinished", "The run is not over.", when: "`result.json` is not there: the training was interrupted, or goes on.",
                fix: "Let it come to its end; `dgrun train --resume RUN` goes on with it."),
        ])

    private static let beginAgain = "Bring back a copy of the file, or begin the run again with `--out` and `--overwrite`; of several "
        + "seeds remove the folder of that seed, and resume."

    static let state = DiagnosticArea(
        "state", "the state that a training goes on from",
        [
            DiagnosticPage(
                "state.checksum", "The state is damaged.", when: "The file was changed, or the disk has lost some of it.",
                fix: beginAgain),
            DiagnosticPage(
                "state.format", "The file is no training state.", when: "Another safetensors file stands in its place.",
                fix: "Bring back the file that dgrun wrote."),
            DiagnosticPage(
                "state.missing", "The state is missing, though the run has saved epochs.",
                when: "The file was removed or renamed, or `--overwrite` was ended while it removed the older run.",
                fix: beginAgain,
                example: "error[state.missing]: run/state.safetensors: the file is missing, though the run has saved epochs; expected "
                    + "the state after epoch 3 or a later one; found no file"),
            DiagnosticPage(
                "state.progress", "The numbers of the state are not those of this training.", when: "The file was changed.",
                fix: "Bring back the file that dgrun wrote."),
            DiagnosticPage(
                "state.tensor", "A tensor of the state does not fit the plan.", when: "The state belongs to another plan.",
                fix: "Bring back the file that dgrun wrote."),
        ])

    static let prediction = DiagnosticArea(
        "predict", "predictions",
        [
            DiagnosticPage(
                "predict.output", "The name of the output does not say its format.", when: "It ends neither in .csv nor in .npz.",
                fix: "Name a file that ends so, or leave `-o` out for a table on stdout."),
            DiagnosticPage(
                "predict.standardization", "The samples cannot be standardised.",
                when: "The plan standardises features by numbers of the training data, and a file of samples does not have them.",
                fix: "Add `--train-data` with the data set that the weights were trained on."),
        ])
}
