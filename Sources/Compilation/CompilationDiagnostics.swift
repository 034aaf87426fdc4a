import Data
import Graph
import Models
import Passes
import Runtime

extension DiagnosticArea {
    static let compilation = DiagnosticArea(
        "compile", "from a source to a plan",
        [
            .bug("compile.entry", "A model was asked for an entry of plain graphs."),
            DiagnosticPage(
                "compile.source", "A plan or another folder cannot be compiled.",
                when: "A folder stands where a source is needed.",
                fix: "Name a specification (`SPEC.json` or a preset) or a graph (`GRAPH.dg`)."),
        ])

    static let reduction = DiagnosticArea(
        "reduce", "making a graph small",
        [
            DiagnosticPage(
                "reduce.check", "The check cannot be run.", when: "The shell finds no such command, or may not run it.",
                fix: "Try the command by hand with a graph's path behind it."),
            DiagnosticPage(
                "reduce.flaky", "The check changes its mind about the same file.",
                when: "It found a file interesting once and not another time: it depends on time, on memory or on random numbers.",
                fix: "Fix its seeds, or let it look several times. The output file holds the smallest graph that it liked once."),
            DiagnosticPage(
                "reduce.level", "Only graphs can be reduced.", when: "The file holds kernels or a program.",
                fix: "Reduce the graph, with a check that runs the passes: `dgc opt {} --pipeline compile`."),
            .bug("reduce.order", "A value of a smaller graph is used before it is there."),
            .bug("reduce.results", "A loop has another number of results than its smaller form says."),
            DiagnosticPage(
                "reduce.uninteresting", "The check does not find the file itself interesting.",
                when: "The command ends with another exit code than 0; often its sense is inverted.",
                fix: "A check for a failure succeeds where the failure is there: `--check '! dgc compile {} -o a.plan'`."),
        ])

    static let bisection = DiagnosticArea(
        "bisect", "which pass changes the numbers",
        [
            DiagnosticPage(
                "bisect.inputs", "Two texts have different inputs.",
                when: "An input of one has another name or type in the other; random numbers belong to names.",
                fix: "Give inputs the same names and types, or compare structure with `dgc diff`."),
            DiagnosticPage(
                "bisect.level", "A program alone says nothing about what its steps compute.",
                when: "One of two texts is a program.", fix: "Compare graphs or kernel graphs; `dgc dump --stage kernels` prints them."),
            DiagnosticPage(
                "bisect.outputs", "Two texts have no output in common.", when: "No name and type of an output is in both.",
                fix: "Compare texts of the same computation, before and after a change."),
            DiagnosticPage(
                "bisect.source", "Two plans are no texts.", when: "One of two things to compare is a plan.",
                fix: "`dgc compare PLAN1 PLAN2` runs both; `dgc bisect PLAN` looks at the passes of one."),
        ])
}

extension DiagnosticArea {
    static let comparison = DiagnosticArea(
        "diff", "comparisons",
        [
            DiagnosticPage(
                "diff.levels", "Only files of one level, or two plans, can be compared.",
                when: "One side of `dgc diff` is a graph, the other one a kernel graph, a program or a plan.",
                fix: "Bring both to one level first: `dgc dump SOURCE --stage graph|kernels|program`.")
        ])
}

extension DiagnosticArea {
    static let replay = DiagnosticArea(
        "replay", "files of dgc bundle",
        [
            DiagnosticPage(
                "replay.description", "What the file says of itself is not sound.",
                when: "The first section was changed by hand, or another version of the compiler wrote it.",
                fix: "Have the bundle made again, or put right what the message names."),
            DiagnosticPage(
                "replay.entries", "The stages in the file are not of the same entries.",
                when: "Sections were changed by hand.", fix: "Have the bundle made again."),
            DiagnosticPage(
                "replay.header", "The file was not written by `dgc bundle`.", when: "Another file was named.",
                fix: "Plans are compared by `dgc compare` and `dgc diff`; `dgc bundle NAME.plan -o FILE.bundle` makes such a file."),
            DiagnosticPage(
                "replay.inputs", "The inputs in the file cannot be decoded.", when: "The section was changed on its way.",
                fix: "Have the file sent again, as an attachment."),
            DiagnosticPage(
                "replay.missing", "The file lacks a section.", when: "It was cut off between sections or changed by hand.",
                fix: "Have the bundle made again."),
            DiagnosticPage(
                "replay.option", "This compiler does not have an option of the file: a pass to leave out, or a number.",
                when: "The bundle comes from another version of the compiler.",
                fix: "`dgc replay -o DIR` cannot help here; compile the source in the file by hand, with the passes that there are."),
            DiagnosticPage(
                "replay.output", "The folder for the parts exists already.", when: "`dgc replay -o DIR` is repeated.",
                fix: "Name a folder that does not exist."),
            DiagnosticPage(
                "replay.section", "A section of the file is not as long as it says.",
                when: "The file was cut off, or changed by an editor or by mail.",
                fix: "Have the file sent again, as an attachment or compressed."),
            .bug("replay.write", "The description of a bundle cannot be written."),
        ])
}

extension DiagnosticArea {
    static let explanation = DiagnosticArea(
        "explain", "explanations",
        [
            DiagnosticPage(
                "explain.ambiguous-value", "An abbreviation could mean several values.",
                when: "`dgc explain` is given the end or a part of a name that more than one value has.",
                fix: "Write more of the name; the message lists the candidates."),
            DiagnosticPage(
                "explain.level", "A program does not say which values are in one kernel.",
                when: "`dgc explain --fusion` is given the text of a program.",
                fix: "Explain the kernels or the graph that it was made from, or the plan."),
            .bug("explain.program", "Kernels gave no program."),
            DiagnosticPage(
                "explain.unknown-value", "No value of the entry has this name, ends with it or contains it.",
                when: "The name is misspelled, or the value belongs to another entry.",
                fix: "Look for it in `dgc dump SOURCE --entry ENTRY`, or choose the entry with `--entry`."),
        ])
}

extension [DiagnosticArea] {
    /// Of everything between a source and a plan, and of the plan itself.
    public static var compilation: [DiagnosticArea] {
        graph + models + passes + [.compilation, .comparison, .explanation, .replay, .reduction, .bisection] + data + runtime
    }
}
