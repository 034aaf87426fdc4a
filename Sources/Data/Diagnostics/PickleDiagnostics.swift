import Graph

extension DiagnosticArea {
    static let pickle = DiagnosticArea(
        "pickle", "pickles of numpy arrays, as MMSA has them; they are read without executing anything",
        [
            DiagnosticPage(
                "pickle.archive", "The file is a zip archive and no pickle.",
                when: "An archive of torch.save or numpy.savez has a name that ends in .pkl.",
                fix: "Name an npz archive .npz; of a torch file, save the tensors as numpy arrays."),
            DiagnosticPage(
                "pickle.array", "The contents of an array do not fit its shape and element type.",
                when: "The pickle is damaged, or was not written by numpy.", fix: writeAgain),
            DiagnosticPage(
                "pickle.buffer", "The arrays are not in the file.",
                when: "It was pickled with a `buffer_callback`, which keeps arrays beside the pickle.",
                fix: "Pickle without one: `pickle.dump(data, file)`."),
            DiagnosticPage(
                "pickle.build", "Something other than an array is completed.",
                when: "The pickle holds objects of classes, or was made to deceive.", fix: plainData),
            DiagnosticPage(
                "pickle.call", "A function of numpy is called in a way in which numpy does not.",
                when: "The pickle is damaged or was made to deceive, or comes from a version of numpy that is not known yet.",
                fix: writeAgain),
            DiagnosticPage(
                "pickle.duplicate-key", "A dictionary has a key twice.",
                when: "The pickle was not written by Python, or is damaged.",
                fix: writeAgain),
            DiagnosticPage(
                "pickle.element-type", "An array has an element type that is not supported.",
                when: "It is complex, a date, or has fields.", fix: "Convert the array before saving: `x.astype('float32')`."),
            DiagnosticPage(
                "pickle.global", "The pickle names a function or class that is not data.",
                when: "It holds objects of classes, tensors of torch, or code that would run when Python loads it.",
                fix: "Save dictionaries of numpy arrays, `tensor.numpy()` for tensors. Mistrust the file if you do not know "
                    + "why it names this.",
                example: "error[pickle.global]: data.pkl: GLOBAL at byte 2: the pickle names something that is not data, "
                    + "which is not looked up, let alone called; expected numpy arrays, dtypes and scalars; found os.system"),
            DiagnosticPage(
                "pickle.integer", "A whole number is too large.", when: "It takes more than 64 bits.",
                fix: "Remove it: data sets need none."),
            DiagnosticPage(
                "pickle.key", "A dictionary's key is neither a text nor a whole number.",
                when: "The data are keyed by tuples or objects.", fix: "Use the names of parts and arrays as keys."),
            DiagnosticPage(
                "pickle.memo", "The pickle refers to a value that it never kept.", when: "It is damaged.", fix: writeAgain),
            DiagnosticPage(
                "pickle.nesting", "Values nest too deeply.",
                when: "The pickle is no data set, or was made to exhaust its reader.",
                fix: plainData),
            DiagnosticPage(
                "pickle.not-allowed", "An instruction is not among those that data need.",
                when: "The pickle makes sets or objects of classes.", fix: plainData),
            DiagnosticPage(
                "pickle.opcode", "A byte is no instruction of pickles.",
                when: "The file is damaged, or no pickle.", fix: writeAgain),
            DiagnosticPage(
                "pickle.persistent", "The pickle refers to objects outside it.", when: "It is part of a file of torch.save.",
                fix: "Save the tensors as numpy arrays."),
            DiagnosticPage(
                "pickle.protocol", "The pickle's protocol is not supported.",
                when: "The file is no pickle, or one of the text protocols 0 and 1.",
                fix: "Write it with `pickle.dump(data, file, protocol=4)`."),
            DiagnosticPage(
                "pickle.schema", "The pickle is no dictionary of parts.", when: "It holds one array or a list.",
                fix: "Save {'train': {...}, 'valid': {...}, 'test': {...}}, each with text, audio, vision and labels."),
            DiagnosticPage(
                "pickle.shape", "The shape of an array is negative or too large.",
                when: "The pickle is damaged or was made to deceive.", fix: writeAgain),
            DiagnosticPage(
                "pickle.size", "The pickle has too many instructions for its size, or names the same lists again and again.",
                when: "Features are nested lists of numbers.",
                fix: "Save them as numpy arrays, which are read without looking at each number."),
            DiagnosticPage(
                "pickle.stack", "An instruction lacks the values that it works on.",
                when: "The pickle is damaged.", fix: writeAgain),
            DiagnosticPage(
                "pickle.text", "A text is no valid UTF-8.",
                when: "It was cut within a character, or is no text.", fix: writeAgain),
            DiagnosticPage(
                "pickle.trailing", "Bytes follow the end of the pickle.",
                when: "Several pickles were written into one file.", fix: "Write one dictionary with all parts."),
            DiagnosticPage(
                "pickle.truncated", "The pickle ends too early.", when: "The file was copied or downloaded in part.",
                fix: "Get the file again, and compare its size."),
        ])

    private static let writeAgain = "Write the file again with Python's pickle and numpy, or get it again."
    private static let plainData = "Save dictionaries, lists, texts, numbers and numpy arrays only."
}
