import Testing

/// `dgc help` and `dgrun help`: pages of messages beside the usage of subcommands.
@Suite struct HelpTests {
    @Test(arguments: [Tool.dgc, .dgrun]) func aloneShowsUsage(_ tool: Tool) throws {
        let text = try run(tool, "help").succeeded().output
        #expect(text == (try run(tool, "--help").succeeded().output))
        #expect(text.contains("SUBCOMMANDS:") && text.contains("help  "))
    }

    @Test(arguments: [(Tool.dgc, "compile"), (.dgc, "dump"), (.dgrun, "train"), (.dgrun, "run"), (.dgrun, "help")])
    func subcommandIsExplained(_ tool: Tool, _ subcommand: String) throws {
        #expect(try run(tool, "help", subcommand).succeeded().output == run(tool, subcommand, "--help").succeeded().output)
    }

    @Test(arguments: [
        (Tool.dgc, "npz.truncated", ["When:", "What to do:", "Example:\n  error[npz.truncated]: "]),
        (.dgc, "dot.contracting-sizes", ["As it should be:\n  dg 1 graph\n", "contract=[[2],[1]]"]),
        (.dgc, "codegen.buffer", ["--disable PASS"]), (.dgc, "bench.entry", ["--batch"]),
        (.dgrun, "train.diverged", ["learning_rate"]), (.dgrun, "text.redefined", ["What to do:"]),
    ]) func idIsExplained(_ tool: Tool, _ id: String, _ mentions: [String]) throws {
        let text = try run(tool, "help", id).succeeded().output
        #expect(text.hasPrefix("\(id)\n\n"))
        for mention in mentions { #expect(text.contains(mention), "no word of \(mention)") }
    }

    @Test func areasAreListed() throws {
        let areas = try run(.dgc, "help", "--list").succeeded().output
        for area in ["text", "operations", "spec", "autodiff", "npz", "plan", "arguments"] {
            #expect(areas.contains("\n  \(area) "), "no word of \(area)")
        }
        #expect(try run(.dgc, "help", "npz").succeeded().output.contains("\n  npz.truncated "))
        // Areas that are named as a subcommand is.
        #expect(try run(.dgc, "help", "--list", "compile").succeeded().output.contains("\n  compile.source "))
        #expect(try run(.dgrun, "help", "--list", "run").succeeded().output.contains("\n  run.shape "))
    }

    @Test func unknownTopicIsRefused() throws {
        try run(.dgc, "help", "npz.trunkated").isRefused("arguments.topic", "npz.trunkated", "perhaps npz.truncated")
        try run(.dgrun, "help", "xyzzy").isRefused("arguments.topic", "xyzzy", "dgrun help --list")
    }

    /// Every message leads to a page: the id stands in brackets.
    @Test func idOfAMessageHasAPage() throws {
        let message = try run(.dgc, "compile", "nosuch.json", "-o", "a.plan").errors
        let id = try #require(message.firstMatch(of: #/error\[([a-z.-]+)\]/#)).output.1
        #expect(try run(.dgc, "help", String(id)).succeeded().output.hasPrefix("\(id)\n"))
        // The hint is for terminals.
        #expect(!message.contains("dgc help"))
    }
}
