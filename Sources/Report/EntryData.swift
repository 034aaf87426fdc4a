/// What a page holds of one entry, in columns: the member `name[3]` belongs with `type[3]`.
struct EntryData: Encodable {
    var values: Values?
    var kernels: Kernels?
    var steps: Steps?
    /// The value's name, what was decided, and the number of the reason.
    var decisions: [Decision]?
    /// The reasons of decisions, each once.
    var reasons: [String]?
    var program: Memory
    /// How many runs the measured times are the mean of.
    var runs: Int?

    /// The values of the optimised graph.
    struct Values: Encodable {
        var name: [String] = []
        var type: [String] = []
        /// The operation's spelling, or `input`.
        var operation: [String] = []
        var attributes: [String] = []
        var operands: [[Int]] = []
        /// As what the graph returns the value.
        var outputs: [String] = []
    }

    struct Kernels: Encodable {
        var name: [String] = []
        var form: [String] = []
        var tiling: [String] = []
        /// How many operations the body has.
        var operations: [Int] = []
        /// The values of the graph that the body computes.
        var computes: [[Int]] = []
        /// Values of the body that the graph does not have.
        var others: [[String]] = []
    }

    struct Steps: Encodable {
        var label: [String] = []
        var function: [String] = []
        var epoch: [Int] = []
        var tasks: [Int] = []
        /// Slices; results first, then scratch.
        var writes: [[Int]] = []
        var reads: [[Int]] = []
        var scratch: [Int] = []
        /// The kernel of which the step is the call; none for copies.
        var kernel: [Int?] = []
        /// Seconds of one run by the cost model.
        var predicted: [Double]?
        /// Mean seconds of one run, all threads together.
        var measured: [Double]?
        /// Mean seconds of the thread that takes longest.
        var longest: [Double]?
    }

    struct Decision: Encodable {
        var value: String
        var outcome: String
        var reason: Int

        func encode(to encoder: any Encoder) throws {
            var list = encoder.unkeyedContainer()
            try list.encode(value)
            try list.encode(outcome)
            try list.encode(reason)
        }
    }

    /// The memory plan.
    struct Memory: Encodable {
        var epochs: Int
        var workspaceBytes: Int
        var lowerBoundBytes: Int
        var slices = Slices()
    }

    struct Slices: Encodable {
        var name: [String] = []
        var type: [String] = []
        var region: [String] = []
        var offset: [Int] = []
        var bytes: [Int] = []
        var first: [Int] = []
        var last: [Int] = []
        /// The slice whose content this is: itself, or what it is a view of.
        var storage: [Int] = []
    }
}
