import Graph

/// Every pass on every level, as listings show it and the command line names it.
public enum PassRegistry {
    /// One pass with its options.
    public struct Entry: Sendable {
        public let name: String
        public let summary: String
        public let from: TextLevel
        public let to: TextLevel
        /// Whether the compiler's results stay right without it, so that `--disable` may leave it out.
        public let isOptional: Bool
        public let options: [PassOption]
        fileprivate let make: Make

        fileprivate typealias Make = @Sendable (PassArguments) throws(Diagnostic) -> LevelPass

        fileprivate init(_ pass: LevelPass, isOptional: Bool = false) {
            self.init(pass, isOptional: isOptional, options: []) { _ throws(Diagnostic) in pass }
        }

        /// - Parameter pass: the pass without options.
        fileprivate init(_ pass: LevelPass, isOptional: Bool = false, options: [PassOption], make: @escaping Make) {
            name = pass.name
            summary = pass.summary
            from = pass.from
            to = pass.to
            self.isOptional = isOptional
            self.options = options
            self.make = make
        }
    }

    /// In the order in which a graph goes through them.
    public static let all: [Entry] = derivatives + graphPasses + kernelPasses + [planning]

    /// Names of the passes that can be left out.
    public static let optionalNames = all.filter(\.isOptional).map(\.name)

    /// The pass that a text such as `dead-code` or `optimizer:clip=1` names.
    public static func pass(_ text: String) throws(Diagnostic) -> LevelPass {
        let arguments = PassArguments(text)
        guard let entry = all.first(where: { $0.name == arguments.name }) else {
            throw Diagnostic(
                "passes.name", arguments.name, "there is no such pass", expected: "one of those that dgc passes lists",
                found: arguments.name)
        }
        try arguments.check(entry.options)
        return try entry.make(arguments)
    }

    // MARK: Entries

    private static let derivatives = [
        Entry(
            CommandLinePasses.autodiff(of: nil, wrt: .parameters),
            options: [
                PassOption("of", "OUTPUT", "which scalar output; without it loss.total, loss, or the only floating scalar"),
                PassOption("wrt", "parameters|all", "by which inputs: the parameters, or all floating ones; parameters"),
            ]
        ) { arguments throws(Diagnostic) in
            try CommandLinePasses.autodiff(
                of: arguments["of"], wrt: arguments.choice("wrt") ?? .parameters, spelling: arguments.text)
        },
        Entry(LevelPass(Pipelines.gradientNorm, mayRefuse: true)),
        Entry(
            CommandLinePasses.optimizer(weightDecay: 0, clip: nil),
            options: [
                PassOption("weight-decay", "NUMBER", "added to gradients, times the parameter; 0"),
                PassOption("clip", "NUMBER", "the largest norm of all gradients; without it they are not clipped"),
            ]
        ) { arguments throws(Diagnostic) in
            try CommandLinePasses.optimizer(
                weightDecay: arguments.number("weight-decay") ?? 0, clip: arguments.number("clip"))
        },
    ]

    private static let graphPasses = [
        StopGradients.pass, ConstantFolding.pass, Simplify.pass, CommonSubexpressions.pass, DeadCode.pass,
        LoopReciprocals.pass, LoopProducts.pass, LoopSums.pass, LoopLayouts.pass, LoopInvariants.pass,
    ].map { Entry(LevelPass($0), isOptional: true) } + [Entry(PairBlocks.levelPass, isOptional: true)]

    private static let kernelPasses = [
        Entry(LevelPass(KernelFormation.pass), options: [PassOption("unfused", nil, "a kernel for every operation")]) { arguments in
            LevelPass(arguments.isGiven("unfused") ? KernelFormation.unfusedPass : KernelFormation.pass)
        }
    ] + [Entry(LevelPass(Rematerialization.pass), isOptional: true), recomputation]
        + [TileFormation.pass, BatchTiling.pass, RowBlocking.pass, PointwiseJoining.pass].map { Entry(LevelPass($0), isOptional: true) }

    private static let recomputation = Entry(
        LevelPass(Recomputation.pass(percent: 100)), isOptional: true,
        options: [PassOption("percent", "NUMBER", "how many of the layers, the earliest first; 100")]
    ) { arguments throws(Diagnostic) in
        LevelPass(Recomputation.pass(percent: try arguments.percent("percent") ?? 100))
    }

    private static let planning = Entry(
        LevelPass(ProgramFormation.pass),
        options: [
            PassOption("no-reuse", nil, "memory of its own for every tensor"),
            PassOption("unfused", nil, "for kernels of one operation each: plain loops, no matrix library"),
        ]
    ) { arguments in
        LevelPass(ProgramFormation.pass(unfused: arguments.isGiven("unfused"), reuse: !arguments.isGiven("no-reuse")))
    }
}

/// Passes that choose for themselves what the compiler says where it runs them.
private enum CommandLinePasses {
    enum Inputs: String, CaseIterable {
        case parameters, all
    }

    static func autodiff(of output: String?, wrt inputs: Inputs, spelling: String? = nil) -> LevelPass {
        let pass = GraphPass(
            name: "autodiff", summary: "Adds the gradients of a scalar output.", spelling: spelling
        ) { graph throws(Diagnostic) in
            let floating = graph.inputs.map(\.value).filter { graph.type(of: $0).elementType.isFloating }
            let chosen = if let output { output } else { try LossOutput.name(in: graph) }
            return try Autodiff.gradient(
                of: graph, output: chosen,
                withRespectTo: inputs == .all ? floating.map { graph.name(of: $0) } : nil)
        }
        return LevelPass(pass, mayRefuse: true)
    }

    /// Parameters that no loss reaches stay as they are.
    static func optimizer(weightDecay: Double, clip: Double?) -> LevelPass {
        let plain = Pipelines.optimizer(OptimizerStep(weightDecay: weightDecay, clip: clip))
        let pass = GraphPass(name: plain.name, summary: plain.summary, spelling: plain.spelling) { graph throws(Diagnostic) in
            let losses = graph.outputs.map(\.name).filter { $0.hasPrefix("loss") }
            let frozen = losses.isEmpty ? [] : GradientReach.unreachedParameters(graph, from: losses)
            return try OptimizerStep(weightDecay: weightDecay, clip: clip, frozen: frozen).apply(to: graph)
        }
        return LevelPass(pass, mayRefuse: true)
    }
}
