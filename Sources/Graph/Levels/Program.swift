/// A flat list of steps over slices of memory regions, with barriers: what the runtime executes.
public struct Program: Hashable, Sendable {
    /// The entry's name, such as `train.32`.
    public var name: String
    public var slices: [Slice]
    public var steps: [Step]
    public var inputs: [Binding]
    public var outputs: [Binding]
    /// Bytes that the workspace region needs.
    public var workspaceBytes: Int
    /// The largest number of workspace bytes that are live in one epoch; no packing can need less.
    public var lowerBoundBytes: Int

    public init(name: String) {
        self.name = name
        slices = []
        steps = []
        inputs = []
        outputs = []
        workspaceBytes = 0
        lowerBoundBytes = 0
    }

    /// A named piece of memory.
    public struct Slice: Hashable, Sendable {
        public var name: String
        public var type: TensorType
        public var region: Region
        /// In bytes from the region's start.
        public var offset: Int
        /// First and last epoch in which the content is needed.
        public var live: ClosedRange<Int>
        /// The tensor whose content this is: its own name, or the name of what it is a view of.
        public var storage: String
        public init(
            name: String, type: TensorType, region: Region, offset: Int, live: ClosedRange<Int>, storage: String? = nil
        ) {
            self.storage = storage ?? name
            self.name = name
            self.type = type
            self.region = region
            self.offset = offset
            self.live = live
        }
        public var byteRange: Range<Int> { offset..<offset + type.byteCount }
    }

    /// One call of a kernel function; its tasks are shared out over the threads.
    public struct Step: Hashable, Sendable {
        public var kernel: String
        public var writes: [Int]
        public var reads: [Int]
        /// How many of `writes`, from the end, are scratch memory.
        public var scratch: Int
        /// Independent pieces of work; their number does not depend on the thread count.
        public var tasks: Int
        /// Steps of one epoch run without a barrier between them.
        public var epoch: Int
        /// Where the step comes from, for people.
        public var label: String
        public init(
            kernel: String, writes: [Int], reads: [Int], scratch: Int, tasks: Int, epoch: Int, label: String
        ) {
            self.kernel = kernel
            self.writes = writes
            self.reads = reads
            self.scratch = scratch
            self.tasks = tasks
            self.epoch = epoch
            self.label = label
        }
    }

    /// An input or output by name, and the slice that holds it.
    public struct Binding: Hashable, Sendable {
        public var name: String
        public var slice: Int
        /// For an output: the input whose memory it has been written to.
        public var updates: Int?
        public init(name: String, slice: Int, updates: Int? = nil) {
            self.name = name
            self.slice = slice
            self.updates = updates
        }
    }

    public var epochs: Int { (steps.map(\.epoch).max() ?? -1) + 1 }
}

/// The kinds of memory a plan uses; only the workspace is packed.
public enum Region: String, Hashable, Sendable, CaseIterable, Codable {
    case parameters, state, inputs, outputs, workspace

    /// The region's place in the kernel interface.
    public var index: Int {
        switch self {
        case .parameters: 0
        case .state: 1
        case .inputs: 2
        case .outputs: 3
        case .workspace: 4
        }
    }

    /// Whether what is written here is read by later runs.
    public var outlivesRun: Bool {
        switch self {
        case .parameters, .state: true
        case .inputs, .outputs, .workspace: false
        }
    }
}
