import Graph

/// Hands out memory of one kernel: small tensors as arrays of the C function, all others in scratch memory.
struct Scratch {
    private(set) var offset: Int
    /// Bytes that the code uses of the thread's scratch memory, and the functions that it calls.
    private(set) var threadBytes = 0
    private(set) var functions: [CFunction] = []
    /// Bytes of arrays so far; they live on a thread's stack.
    private var arrayBytes = 0

    private static let largestArray = 4096
    private static let mostArrayBytes = 1 << 16

    init(offset: Int) { self.offset = offset }

    mutating func require(threadBytes: Int, _ functions: [CFunction]) {
        self.threadBytes = max(self.threadBytes, threadBytes)
        for function in functions where !self.functions.contains(function) { self.functions.append(function) }
    }

    /// A declaration of a pointer to fresh scratch memory.
    mutating func allocate(_ type: TensorType, name: String) -> String {
        let start = offset
        // Empty tensors too, so that a kernel that names its scratch memory has some.
        offset += (max(1, type.byteCount) + 63) / 64 * 64
        let elementType = CSource.type(type.elementType)
        return "\(elementType) *const \(name) = (\(elementType) *)(scratch + \(start));"
    }

    /// Whether a tensor is small enough to be an array, which the compiler can keep in registers.
    static func isSmall(_ type: TensorType) -> Bool { type.byteCount <= largestArray }

    /// A declaration of an array, or nil for a tensor that needs scratch memory.
    mutating func array(_ type: TensorType, name: String) -> String? {
        let bytes = (max(1, type.byteCount) + 63) / 64 * 64
        guard Self.isSmall(type), arrayBytes + bytes <= Self.mostArrayBytes else { return nil }
        arrayBytes += bytes
        return "\(CSource.type(type.elementType)) \(name)[\(max(1, type.elementCount))] __attribute__((aligned(64)));"
    }

    /// An array or scratch memory.
    mutating func declare(_ type: TensorType, name: String) -> String {
        array(type, name: name) ?? allocate(type, name: name)
    }
}
