import Graph

extension DiagnosticArea {
    static let files = DiagnosticArea(
        "file", "files that are read and written",
        [
            DiagnosticPage(
                "file.changed", "A file became shorter while it was read.", when: "Another process wrote it at the same time.",
                fix: "Wait until it is complete, and run the command again."),
            DiagnosticPage(
                "file.not-regular", "A folder or device stands where a file is needed.",
                when: "A path names a folder, pipe or device.",
                fix: "Name a regular file."),
            DiagnosticPage(
                "file.range", "A file ends before bytes that it refers to.",
                when: "The file is cut short, or its directory damaged.",
                fix: "Copy or make the file again."),
            DiagnosticPage(
                "file.text", "A file is not text.",
                when: "A binary file stands where a graph is needed, or the text is not UTF-8.",
                fix: "Name the right file, or save it as UTF-8."),
            DiagnosticPage(
                "file.unreadable", "A file cannot be read.",
                when: "It is not there, or may not be read; the message has the reason.",
                fix: "Check the path and the right to read it.",
                example: "error[file.unreadable]: data.npz: the file cannot be opened for reading; "
                    + "found No such file or directory"),
            DiagnosticPage(
                "file.unmappable", "The file cannot be mapped into memory.",
                when: "The process may not have so many addresses, such as under `ulimit -v`.",
                fix: "Raise the limit above the size of the file."),
            DiagnosticPage(
                "file.unwritable", "A file cannot be written.",
                when: "Its folder is not there or may not be written, or the disk is full; the message has the reason.",
                fix: "Create the folder, make room, or choose another path. The older file of that name is still whole."),
        ])

    static let folders = DiagnosticArea(
        "folder", "folders that are written",
        [
            DiagnosticPage(
                "folder.busy", "Another process is writing into the folder.",
                when: "The same run is started or resumed twice at a time.",
                fix: "Wait until the other process has ended; a process that was killed holds nothing."),
            DiagnosticPage(
                "folder.name", "The path of a folder is empty.", when: "An option such as `--out` got an empty text.",
                fix: "Name a folder."),
            DiagnosticPage(
                "folder.not-empty", "A folder for dumps holds files already.",
                when: "`--dump-dir` names a folder with older dumps or other files.",
                fix: "Name a new folder, or empty this one."),
            DiagnosticPage(
                "folder.not-folder", "A file stands where a folder is needed.",
                when: "The path of an output folder names a file.",
                fix: "Choose another path, or move the file away."),
            DiagnosticPage(
                "folder.unwritable", "A folder cannot be created, or a file not be removed from it.",
                when: "The folder, or the one around it, is not there or may not be written.",
                fix: "Create the folder around it, give yourself the right to write, or choose another path."),
        ])
}
