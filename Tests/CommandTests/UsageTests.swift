import Testing

/// How the commands speak of themselves, and what they say to arguments that they do not know.
@Suite struct UsageTests {
    @Test(arguments: [Tool.dgc, .dgrun]) func unknownSubcommandShowsUsage(_ tool: Tool) throws {
        try run(tool, "frobnicate").showsUsage("frobnicate", "\(tool.rawValue) --help")
    }

    @Test(arguments: [
        (Tool.dgc, ["compile", "a.json", "-o", "a.plan", "--fast"], "--fast"),
        (.dgc, ["dump", "a.json", "--stage", "assembly"], "--stage"),
        (.dgc, ["dump", "a.json", "--entry", "test"], "--entry"),
        (.dgc, ["dump", "a.json", "b.json"], "b.json"),
        (.dgrun, ["run", "a.plan", "--entry", "graph", "--in", "a", "--out", "b"], "--entry"),
        (.dgrun, ["run", "a.plan", "--in", "a", "--out", "b", "--threads", "two"], "--threads"),
        (.dgrun, ["train", "a.plan", "--data", "a", "--out", "b", "--epochs", "1.5"], "--epochs"),
        (.dgrun, ["train", "a.plan", "--data", "a", "--out", "b", "--shuffle"], "--shuffle"),
        (.dgrun, ["train", "a.plan", "--data", "a", "--out", "b", "--seed"], "--seed"),
        (.dgrun, ["train", "a.plan", "--data", "a", "--out", "b", "--seeds", "1,,2"], "--seeds"),
        (.dgrun, ["train", "a.plan", "--data", "a", "--out", "b", "--seeds", "1,2", "--seed", "1"], "--seeds"),
        (.dgrun, ["train", "--resume", "a", "--out", "b"], "--out"),
        (.dgrun, ["eval", "a.plan", "--data", "a", "--weights", "b", "--split", "train"], "--split"),
        (.dgrun, ["bench", "a.plan", "--iterations", "99999999999999999999"], "--iterations"),
    ]) func wrongArgumentShowsUsage(_ tool: Tool, _ arguments: [String], _ mention: String) throws {
        try run(tool, arguments).showsUsage(mention)
    }

    @Test(arguments: [
        (Tool.dgc, ["compile"], "source"), (.dgc, ["compile", "a.json"], "--output"), (.dgc, ["dump"], "source"),
        (.dgrun, ["run"], "NAME.plan"),
        (.dgrun, ["run", "a.plan", "--in", "b"], "--out"), (.dgrun, ["train", "a.plan", "--out", "b"], "--data"),
        (.dgrun, ["train", "a.plan", "--data", "b"], "--out"), (.dgrun, ["eval", "a.plan", "--data", "b"], "--weights"),
        (.dgrun, ["eval", "a.plan", "--weights", "b"], "--data"), (.dgrun, ["bench"], "NAME.plan"),
        (.dgrun, ["synthetic"], "--out"),
    ]) func missingArgumentShowsUsage(_ tool: Tool, _ arguments: [String], _ mention: String) throws {
        try run(tool, arguments).showsUsage("Missing expected argument", mention)
    }

    @Test(arguments: [
        (Tool.dgc, [], ["compile", "dump"]), (.dgrun, [], ["run", "train", "eval", "bench", "synthetic"]),
        (.dgc, ["compile"], ["--data", "--set", "--batch", "--output", "NAME.plan", "DG_CC"]),
        (.dgc, ["dump"], ["--stage", "--entry", "graph, kernels, program", "infer, loss, grad, train"]),
        (.dgrun, ["run"], ["--entry", "--in", "--out", "--threads", "--seed"]),
        (.dgrun, ["train"], [
            "--data", "--out", "--seed", "--epochs", "--init", "--no-shuffle", "--log-steps", "--threads", "--json",
            "--resume", "--overwrite", "--seeds", "--tensorboard", "--progress", "--quiet", "metrics.jsonl", "metrics.csv",
            "best.safetensors", "last.safetensors", "state.safetensors", "run.json", "result.json",
        ]),
        (.dgrun, ["eval"], ["--data", "--weights", "--split", "valid, test", "--json"]),
        (.dgrun, ["bench"], ["--entry", "--iterations", "--threads", "--json"]), (.dgrun, ["synthetic"], ["--out", "--seed"]),
    ]) func helpNamesEverything(_ tool: Tool, _ subcommand: [String], _ mentions: [String]) throws {
        let help = try run(tool, subcommand + ["--help"]).succeeded().output
        for mention in mentions + ["OVERVIEW: ", "USAGE: \(tool.rawValue)"] {
            #expect(help.contains(mention), "no word of \(mention)")
        }
    }

    @Test(arguments: [
        (["run", "--in", "a", "--out", "b"], "--threads", "0"), (["run", "--in", "a", "--out", "b"], "--threads", "-1"),
        (["run", "--in", "a", "--out", "b"], "--threads", "100000"), (["run", "--in", "a", "--out", "b"], "--seed", "-1"),
        (["run", "--in", "a", "--out", "b"], "--steps", "0"), (["run", "--in", "a", "--out", "b"], "--learning-rate", "nan"),
        (["run", "--in", "a", "--out", "b"], "--learning-rate", "-1"),
        (["train", "--data", "a", "--out", "b"], "--epochs", "0"), (["train", "--data", "a", "--out", "b"], "--epochs", "-3"),
        (["train", "--data", "a", "--out", "b"], "--seed", "2147483648"),
        (["train", "--data", "a", "--out", "b"], "--seeds", "2147483648"),
        (["train", "--data", "a", "--out", "b"], "--threads", "0"), (["eval", "--data", "a", "--weights", "b"], "--threads", "0"),
        (["bench"], "--threads", "0"), (["bench"], "--iterations", "0"),
    ]) func numbersOutOfRangeAreRefused(_ arguments: [String], _ option: String, _ value: String) throws {
        try run(.dgrun, arguments + ["any.plan", option, value]).isRefused("arguments.range", option, value)
    }

    @Test func seedsThatAreGivenTwiceAreRefused() throws {
        try run(.dgrun, "train", "a.plan", "--data", "a", "--out", "b", "--seeds", "1,2,1")
            .isRefused("arguments.option", "--seeds", "given twice", "found 1 twice")
    }
}
