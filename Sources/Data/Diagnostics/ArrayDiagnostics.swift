import Graph

extension DiagnosticArea {
    static let npz = DiagnosticArea(
        "npz", "archives of arrays, as numpy.savez writes them",
        [
            DiagnosticPage(
                "npz.checksum", "The contents of a member are damaged.",
                when: "Their CRC-32 is not the one that the archive says.",
                fix: again),
            DiagnosticPage(
                "npz.deflate", "Compressed data are damaged.", when: "A member cannot be unpacked to its size.", fix: again),
            DiagnosticPage(
                "npz.directory", "The directory of the archive is damaged.",
                when: "Its entries contradict each other or the file.",
                fix: again),
            DiagnosticPage(
                "npz.duplicate", "Two members have one name.", when: "An array was appended to an archive that had it.",
                fix: "Write the archive again with each array once."),
            DiagnosticPage(
                "npz.encrypted", "A member is encrypted.", when: "The archive was packed with a password.",
                fix: "Write it again without one."),
            .bug("npz.inconsistent", "A member that is written has another size than announced."),
            DiagnosticPage(
                "npz.local-header", "A member's own header disagrees with the directory.",
                when: "The archive is damaged, or made to deceive.",
                fix: again),
            DiagnosticPage(
                "npz.member-name", "A member is no array.", when: "The archive holds a file whose name does not end in .npy.",
                fix: "Write the archive with numpy.savez, and nothing else into it."),
            DiagnosticPage(
                "npz.memory", "There is no memory to unpack a member.",
                when: "The member is larger than the memory that is free.",
                fix: "End other processes, or split the data set."),
            DiagnosticPage(
                "npz.method", "A member is compressed in a way that is not supported.",
                when: "The archive was packed by another program than numpy.",
                fix: "Write it again with numpy.savez or numpy.savez_compressed."),
            DiagnosticPage(
                "npz.name", "The name of an array is too long for an archive.", when: "It has 64 KiB or more.",
                fix: "Choose a shorter name."),
            DiagnosticPage(
                "npz.range", "A member lies outside the file.", when: "The archive is cut short or damaged.", fix: again),
            DiagnosticPage(
                "npz.ratio", "A member claims a size that its data cannot unpack to.",
                when: "The archive is damaged, or made to fill the memory of its reader.", fix: again),
            DiagnosticPage(
                "npz.size", "A stored member has different sizes packed and unpacked.", when: "The archive is damaged.",
                fix: again),
            DiagnosticPage(
                "npz.too-large", "The archive is too large.",
                when: "Its members do not fit into memory when unpacked.",
                fix: "Split the data set, or store features as float32."),
            DiagnosticPage(
                "npz.truncated", "The end of the archive is missing.",
                when: "The file was copied or downloaded in part, or is no npz archive.", fix: again,
                example: "error[npz.truncated]: data.npz: the archive's end is missing: the file is cut short, or no zip "
                    + "archive; expected a zip archive, as numpy writes it; found 1024 bytes without its end record"),
        ])

    static let npy = DiagnosticArea(
        "npy", "single arrays in archives",
        [
            DiagnosticPage(
                "npy.bool", "A truth value is neither 0 nor 1.", when: "The array's bytes are damaged, or of another type.",
                fix: again),
            DiagnosticPage(
                "npy.element-type", "The element type of an array is not supported.",
                when: "The array holds objects, complex numbers, half precision or big-endian numbers.",
                fix: "Convert it before saving: `x.astype('float32')`. Arrays of objects cannot be read at all."),
            DiagnosticPage(
                "npy.fortran-order", "An array is in Fortran order.", when: "The array was saved after a transposition.",
                fix: "Save `numpy.ascontiguousarray(x)`."),
            DiagnosticPage(
                "npy.header", "The header of an array cannot be understood.",
                when: "It is damaged, describes a structured array, or is longer than numpy's are.",
                fix: "Save plain arrays, one for each field, of at most 64 axes."),
            .bug("npy.inconsistent", "An array that is to be written has another number of elements than its shape."),
            DiagnosticPage(
                "npy.magic", "A member is no npy array.", when: "Its first bytes are not those of the format.", fix: again),
            DiagnosticPage(
                "npy.shape", "The shape of an array is too large.", when: "The number of bytes overflows; the header is damaged.",
                fix: again),
            DiagnosticPage(
                "npy.text", "An element is no valid text.", when: "An array of texts holds bytes that are no characters.",
                fix: "Save ids as Unicode texts or whole numbers."),
            DiagnosticPage(
                "npy.text-end", "A text ends in a zero character, which npy cannot keep.",
                when: "Ids with such texts are written.",
                fix: "Remove the zero at the end."),
            DiagnosticPage(
                "npy.text-size", "Texts are too long to be padded to one length.", when: "One text of many is very long.",
                fix: "Use shorter ids."),
            DiagnosticPage(
                "npy.trailing", "Bytes follow the last element of an array.", when: "Shape or element type do not fit the data.",
                fix: again),
            DiagnosticPage(
                "npy.truncated", "An array ends too early.",
                when: "The member has fewer bytes than its shape and element type need.",
                fix: again),
            DiagnosticPage(
                "npy.version", "The version of the npy format is not supported.", when: "The array was saved by a newer numpy.",
                fix: "Save it with a numpy that writes version 1, 2 or 3."),
        ])

    static let safetensors = DiagnosticArea(
        "safetensors", "weights, and inputs of a run",
        [
            DiagnosticPage(
                "safetensors.bool", "A truth value is neither 0 nor 1.", when: "The data are damaged, or of another type.",
                fix: again),
            DiagnosticPage(
                "safetensors.duplicate", "The header has a name twice.",
                when: "The file was not written by a safetensors library.",
                fix: again),
            DiagnosticPage(
                "safetensors.element-type", "The element type of a tensor is not supported.",
                when: "The file holds half precision, bfloat16 or another type.",
                fix: "Convert the weights before saving: `{k: v.float() for k, v in model.state_dict().items()}`."),
            DiagnosticPage(
                "safetensors.entry", "The entry of a tensor is malformed.",
                when: "It lacks dtype, shape or data_offsets, or one of them has another form.", fix: again),
            DiagnosticPage(
                "safetensors.gap", "Bytes between tensors belong to none.",
                when: "The offsets leave a hole, which the format forbids.",
                fix: again),
            DiagnosticPage(
                "safetensors.header-size", "The header is too long for the file.",
                when: "The first eight bytes are damaged; or the header is longer than a mebibyte and than an eighth of the file.",
                fix: again),
            .bug("safetensors.inconsistent", "A tensor that is to be written has another number of elements than its shape."),
            DiagnosticPage(
                "safetensors.json", "The header is not the JSON that the format allows.",
                when: "The header is damaged, or the file is of another kind.", fix: again),
            DiagnosticPage(
                "safetensors.metadata", "The metadata hold something else than texts.",
                when: "`__metadata__` has numbers or lists.",
                fix: "Save metadata as texts."),
            DiagnosticPage(
                "safetensors.offsets", "The data of a tensor end before they begin.", when: "The header is damaged.", fix: again),
            DiagnosticPage(
                "safetensors.overlap", "The data of two tensors overlap.", when: "The header is damaged, or made to deceive.",
                fix: again),
            DiagnosticPage(
                "safetensors.reserved", "A tensor has a reserved name.", when: "A tensor named `__metadata__` is to be written.",
                fix: "Give it another name."),
            DiagnosticPage(
                "safetensors.shape", "A shape is negative or too large.", when: "The header is damaged.", fix: again),
            DiagnosticPage(
                "safetensors.size", "The data of a tensor have another size than shape and element type give.",
                when: "The header is damaged.", fix: again),
            DiagnosticPage(
                "safetensors.text", "The format cannot hold texts.", when: "An array of texts is to be written.",
                fix: "Write numbers only."),
            DiagnosticPage(
                "safetensors.trailing", "Bytes after the last tensor belong to none.",
                when: "Two files were joined, or one is damaged.",
                fix: again),
            DiagnosticPage(
                "safetensors.truncated", "The file ends too early.",
                when: "It was copied or downloaded in part, or is no safetensors file, such as a `.pt` file.",
                fix: "Copy it again; a PyTorch file is converted with `safetensors.torch.save_file`."),
        ])

    /// What helps with a file whose bytes are not those that were written.
    private static let again = "Copy or write the file again, and compare its size or checksum with the original."
}
