extension DiagnosticArea {
    static let text = DiagnosticArea(
        "text", "the text formats of graphs, kernels and programs",
        [
            DiagnosticPage(
                "text.attribute-value", "An attribute has a value of the wrong form.",
                when: "A word, number or list stands where the attribute wants another of them.",
                fix: "Write a value of the form that is expected; `docs/ops.md` shows every attribute in an example.",
                example: """
                    a.dg:4:34: error[text.attribute-value]: reduce: value of axes; expected a list of integers such as [0,1]; \
                    found 'last'
                        %y = reduce %a {kind=sum, axes=last} : f32[]
                                                       ^
                    """),
            DiagnosticPage(
                "text.blob", "The contents of a blob cannot be read.",
                when: "The text after a blob's name is not base64, or not whole 64-bit numbers.",
                fix: "Print the graph again; blobs are not written by hand."),
            DiagnosticPage(
                "text.body", "A body in braces is missing, or stands where none belongs.",
                when: "A `scan` ends without its body, or another operation is followed by a brace.",
                fix: "Write the body of a `scan` in braces after the types, and of nothing else."),
            DiagnosticPage(
                "text.character", "A character has no meaning in this format.",
                when: "A line has a character outside strings and comments that no word or sign begins with.",
                fix: "Write names with other characters in quotes (`%\"größe\"`); comments begin with `//`."),
            DiagnosticPage(
                "text.empty-name", "A name is empty.", when: "`%` or `@` stands alone, or before an empty string.",
                fix: "Write the name directly after the sign."),
            DiagnosticPage(
                "text.escape", "A string has an escape that does not exist.", when: "A backslash stands before another letter.",
                fix: #"Write \" \\ \n \r \t or \u{hexadecimal}."#),
            DiagnosticPage(
                "text.expected", "Something else must stand at this place.",
                when: "A sign or word of the grammar is missing, or one stands there too much.",
                fix: "The message says what belongs at the caret; most often a sign before it is missing."),
            DiagnosticPage(
                "text.header", "The text does not begin with the header of the format.",
                when: "The file is of another kind, or its first line is lost.",
                fix: "Begin the file with `dg 1 graph`, `dg 1 kernels` or `dg 1 program`.",
                example: """
                    a.dg:1:1: error[text.header]: a.dg: not a file of this compiler; expected dg 1 graph; found 'module'
                      module {
                      ^
                    """),
            DiagnosticPage(
                "text.integer", "A number is not a whole number of 64 bits.", when: "An extent, axis or offset has another form.",
                fix: "Write decimal digits, with a minus sign before them where negative numbers are allowed."),
            DiagnosticPage(
                "text.level", "The file holds another level of the representation, or an unknown one.",
                when: "A graph is wanted and the file says `kernels` or `program`, or the other way round.",
                fix: "Give a file of the level that the message expects; `dgc dump --stage` prints each of them."),
            DiagnosticPage(
                "text.missing-attribute", "An attribute is missing.", when: "An instruction lacks one of its attributes.",
                fix: "Write all attributes; none has a default.",
                example: """
                    a.dg:4:8: error[text.missing-attribute]: reduce: an attribute is missing; expected axes
                        %y = reduce %a {kind=sum} : f32[]
                             ^
                    """),
            DiagnosticPage(
                "text.nesting", "Bodies stand too deep in each other.", when: "More than 16 loops are nested.",
                fix: "Write loops side by side, or join the axes that they run over."),
            DiagnosticPage(
                "text.number", "An element of a constant is no number.",
                when: "The value of a `constant` has a word, or a number where true or false belongs.",
                fix: "Write decimal numbers, `inf`, `-inf` or `nan`, and `true` or `false` for bool."),
            DiagnosticPage(
                "text.order", "Lines stand in another order than the format has.",
                when: "An `input` follows an instruction, or a section of kernels or programs comes too early.",
                fix: "Inputs come first, outputs after what they return; the message names the order."),
            DiagnosticPage(
                "text.redefined", "A name is defined twice.", when: "Two values, slices, programs or blobs have one name.",
                fix: "Give each of them a name of its own; a value is defined once and never changed."),
            DiagnosticPage(
                "text.repeated-attribute", "An attribute is given twice.", when: "A name stands twice in the braces.",
                fix: "Remove one of them."),
            DiagnosticPage(
                "text.result-count", "The numbers of results, of their types and of what the operation gives are not the same.",
                when: "Names before the equals sign or types after the colon are missing, or there are too many.",
                fix: "Write a name and a type for each result, between commas."),
            DiagnosticPage(
                "text.result-type", "The type that is written is not the one that the operation gives.",
                when: "Types are written in full and checked, so that a mistake in a shape shows where it is made.",
                fix: "If the expected type is right, write it; else look at the operands and attributes of the instruction.",
                example: """
                    a.dg:5:59: error[text.result-type]: dot: type of the result; expected f32[2]; found f32[3]
                        %y = dot %a, %b {batch=[[0],[0]], contract=[[1],[1]]} : f32[3]
                                                                                ^
                    """),
            DiagnosticPage(
                "text.several", "The file holds more than one graph, kernel graph or program.",
                when: "A file with the entries of a plan is given where one is wanted.",
                fix: "Print one with `dgc dump NAME.plan --entry train`, or cut the file."),
            DiagnosticPage(
                "text.undefined-blob", "A constant names a blob that the file does not have.",
                when: "The line `blob @name` after the graph is missing.",
                fix: "Copy the blobs of a graph together with it; they stand at the end of the file."),
            DiagnosticPage(
                "text.undefined-value", "A name is used that no line above defines.",
                when: "A name is misspelled, its line is gone or stands below, or it belongs to the graph around a body.",
                fix: "Define a value before its use; a body sees only its own inputs.",
                example: """
                    a.dg:4:12: error[text.undefined-value]: %x: no value of this name is defined above in this block
                        %y = exp %x : f32[2]
                                 ^
                    """),
            DiagnosticPage(
                "text.unknown-attribute", "The operation has no attribute of this name.",
                when: "An attribute is misspelled or belongs to another operation.",
                fix: "`docs/ops.md` lists the attributes of every operation."),
            DiagnosticPage(
                "text.unknown-op", "There is no operation of this name.", when: "The word after the equals sign is misspelled.",
                fix: "`docs/ops.md` lists all operations."),
            DiagnosticPage(
                "text.unknown-type", "There is no element type of this name.", when: "A type begins with another word.",
                fix: "Write f32, f64, i32 or bool, with the shape in brackets: `f32[2,3]`."),
            DiagnosticPage(
                "text.unterminated-string", "A string does not end on its line.", when: "The closing quote is missing.",
                fix: #"Close the string, or write \n for a new line inside it."#),
            DiagnosticPage(
                "text.version", "The format's version is not one that this compiler reads.",
                when: "The file was written by a newer version.",
                fix: "Use that version, or write the file again with this one."),
        ])

    static let types = DiagnosticArea(
        "type", "the rules that all tensor types obey",
        [
            DiagnosticPage(
                "type.extent", "An extent is negative.", when: "A shape in a text or of a result has a number below 0.",
                fix: "Extents are 0 or more."),
            DiagnosticPage(
                "type.rank", "A tensor has too many axes.", when: "A shape has more than 16 extents.",
                fix: "Join axes that are used together, with `reshape`."),
            DiagnosticPage(
                "type.size", "A tensor has too many elements.", when: "The product of the extents is above 2^40.",
                fix: "Look for an extent that is wrong; sums over an axis need not have all terms as one tensor."),
        ])
}
