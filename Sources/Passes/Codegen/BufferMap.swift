import Graph

/// Which values of a body are in memory, and the C pointer that each buffer has.
struct BufferMap {
    struct Buffer {
        var name: String
        var elementType: ElementType
        /// How many leading axes have no extent in memory: the buffer holds the current tile only.
        var tileAxes = 0
        /// The extent of the last axis in memory, where rows are padded to whole vectors.
        var rowLength: Int?
        /// Where the values of the buffer do not lie in row-major order.
        var strides: [Int]?
        /// Whether loops may read a little beyond a row, since what follows belongs to the buffer as well.
        var allowsOverreading = false
    }

    private(set) var buffers: [Buffer] = []
    /// Streams of random numbers that the function is given as parameters, so that kernels which differ only in them share
    /// it; others are written into the code.
    let streams: [Int]

    init(streams: [Int] = []) { self.streams = streams }

    /// A stream's number in C.
    func source(ofStream stream: Int) -> String {
        streams.firstIndex(of: stream).map { "streams[\($0)]" } ?? "\(stream)"
    }

    private var bufferOfValue: [ValueID: Int] = [:]
    private var constants: [Constant: Int] = [:]
    /// Constant tables to declare before the code that uses the buffers.
    private(set) var declarations: [String] = []
    /// Functions that the code calls.
    private(set) var functions: [CFunction] = []

    mutating func add(_ function: CFunction) {
        if !functions.contains(where: { $0.name == function.name }) { functions.append(function) }
    }

    mutating func add(
        _ name: String, _ elementType: ElementType, tileAxes: Int = 0, rowLength: Int? = nil, strides: [Int]? = nil,
        allowsOverreading: Bool = false
    ) -> Int {
        buffers.append(
            Buffer(
                name: name, elementType: elementType, tileAxes: tileAxes, rowLength: rowLength, strides: strides,
                allowsOverreading: allowsOverreading))
        return buffers.count - 1
    }

    mutating func assign(_ buffer: Int, to value: ValueID) { bufferOfValue[value] = buffer }

    /// The strides by which a value of this shape lies in a buffer.
    func strides(_ buffer: Int, _ shape: Shape) -> [Int] {
        if let strides = buffers[buffer].strides { return strides }
        var inMemory = shape.dimensions
        if let rowLength = buffers[buffer].rowLength, !inMemory.isEmpty { inMemory[inMemory.count - 1] = rowLength }
        return Shape(inMemory).strides.enumerated().map { $0.offset < buffers[buffer].tileAxes ? 0 : $0.element }
    }

    func buffer(of value: ValueID) -> Int? { bufferOfValue[value] }

    /// A table in the code, shared by equal constants.
    mutating func constant(_ values: [Double], _ type: ElementType) -> Int {
        let key = Constant.dense(values + [Double(type.byteCount)])
        if let buffer = constants[key] { return buffer }
        let name = "table\(constants.count)"
        let buffer = add(name, type)
        constants[key] = buffer
        let elements = values.map { CSource.literal($0, type) }.joined(separator: ", ")
        declarations.append("static const \(CSource.type(type)) \(name)[\(max(1, values.count))] = {\(values.isEmpty ? "0" : elements)};")
        return buffer
    }
}
