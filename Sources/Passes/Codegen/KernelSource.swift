import Graph

/// The C source of a plan: the prelude, the kernel functions, the programs as constant tables, and the team loop.
///
/// It is one file that compiles as a whole, or in parts side by side: see `DG_PART` in the text.
struct KernelSource {
    let text: String
    /// How many parts the file can be compiled in.
    let parts: Int
    /// Whole pages, so that threads do not share cache lines.
    let threadScratchBytes: Int

    /// Below this many bytes a part takes longer to start than to compile.
    private static let smallestPart = 1 << 16
    private static let mostParts = 8

    init(functions: KernelFunctions, programs: [Program], threadScratchBytes: Int) {
        let size = functions.all.reduce(0) { $0 + $1.body.utf8.count }
        parts = max(1, min(Self.mostParts, size / Self.smallestPart))
        self.threadScratchBytes = (threadScratchBytes + 4095) / 4096 * 4096
        var text = CPrelude.text + Self.partMacros(parts)
        // What parts share is not seen from outside the library.
        text += "#pragma GCC visibility push(hidden)\n"
        for function in functions.all { text += "void \(function.name)\(function.parameters);\n" }
        for (part, functions) in Self.split(functions.all, parts, size).enumerated() {
            text += "\n#if DG_IN_PART(\(part))\n"
            for function in functions { text += "void \(function.name)\(function.parameters)\n\(function.body)\n" }
            text += "#endif\n"
        }
        text += "#pragma GCC visibility pop\n\n#if DG_IN_PART(0)\n" + Self.tables(programs)
        text += "#define DG_THREAD_SCRATCH \(self.threadScratchBytes)\n" + CPrelude.runner + "#endif\n"
        self.text = text
    }

    private static func partMacros(_ parts: Int) -> String {
        """
        /* With DG_PART defined as 0 to \(parts - 1) this file is one part of the library, without it all of it. */
        #ifdef DG_PART
        #define DG_IN_PART(part) (DG_PART == (part))
        #else
        #define DG_IN_PART(part) 1
        #endif


        """
    }

    /// Neighbours stay together, and parts are of about the same size.
    private static func split(
        _ functions: [CFunction], _ parts: Int, _ size: Int
    ) -> [[CFunction]] {
        var result = [[CFunction]](repeating: [], count: parts)
        var start = 0
        for function in functions {
            result[min(parts - 1, start * parts / max(size, 1))].append(function)
            start += function.body.utf8.count
        }
        return result
    }

    // MARK: Programs

    /// Programs as constant tables.
    private static func tables(_ programs: [Program]) -> String {
        var text = ""
        var maximum = 1
        for (number, program) in programs.enumerated() {
            var slices: [String] = []
            var steps: [String] = []
            for step in program.steps {
                let used = step.writes + step.reads
                maximum = max(maximum, used.count)
                steps.append("{dg_\(step.kernel), \(slices.count), \(used.count), \(step.epoch), \(step.tasks)}")
                for slice in used {
                    slices.append("{\(program.slices[slice].region.index), \(program.slices[slice].offset)}")
                }
            }
            text += "/* \(program.name) */\n"
            text += "static const dg_slice slices_\(number)[] = {\(slices.isEmpty ? "{0, 0}" : slices.joined(separator: ", "))};\n"
            text += "static const dg_step steps_\(number)[] = {\n"
            for step in steps { text += "    \(step),\n" }
            if steps.isEmpty { text += "    {0, 0, 0, 0, 0}\n" }
            text += "};\n"
        }
        text += "#define DG_MAXIMUM_SLICES \(maximum)\n"
        let entries = programs.indices.map { "{steps_\($0), \(programs[$0].steps.count), slices_\($0)}" }
        text += "static const dg_entry dg_entries[] = {\(entries.joined(separator: ", "))};\n"
        return text
    }
}
