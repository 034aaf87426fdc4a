import CRuntime
import Graph

/// A piece of zeroed, aligned memory that the generated code works on.
final class MemoryRegion {
    let name: String
    let byteCount: Int
    let base: UnsafeMutableRawPointer
    /// How many bytes right before and right behind the region belong to it that nothing may touch.
    let redZoneBytes: Int

    /// - Parameter redZoneBytes: a multiple of 64, so that the region stays aligned.
    /// - Throws: `memory.exhausted` if the system has no such amount.
    init(byteCount: Int, name: String, redZoneBytes: Int = 0) throws(Diagnostic) {
        guard let memory = dg_memory_allocate(byteCount + 2 * redZoneBytes) else {
            throw Diagnostic("memory.exhausted", name, "memory cannot be allocated", expected: "\(byteCount) bytes")
        }
        self.name = name
        self.byteCount = byteCount
        self.redZoneBytes = redZoneBytes
        base = memory + redZoneBytes
    }

    deinit { dg_memory_free(base - redZoneBytes) }

    /// The red zones, as bytes from the base on.
    private var redZones: [Range<Int>] { [-redZoneBytes..<0, byteCount..<byteCount + redZoneBytes] }

    func fillRedZones(with byte: UInt8) {
        for zone in redZones { fill(zone, with: byte) }
    }

    /// Where the red zones do not hold what they were filled with, as bytes from the base on.
    func redZoneBytes(otherThan byte: UInt8) -> [Int] {
        redZones.flatMap { zone in zone.filter { base.load(fromByteOffset: $0, as: UInt8.self) != byte } }
    }

    /// The elements at a byte range as a tensor's numbers, converted to double.
    func elements(_ type: TensorType, at offset: Int) throws(Diagnostic) -> [Double] {
        try check(type, offset)
        let start = base + offset
        let count = type.elementCount
        switch type.elementType {
        case .f32: return (0..<count).map { Double(start.load(fromByteOffset: 4 * $0, as: Float.self)) }
        case .f64: return (0..<count).map { start.load(fromByteOffset: 8 * $0, as: Double.self) }
        case .i32: return (0..<count).map { Double(start.load(fromByteOffset: 4 * $0, as: Int32.self)) }
        case .bool: return (0..<count).map { start.load(fromByteOffset: $0, as: UInt8.self) == 0 ? 0 : 1 }
        }
    }

    func store(_ elements: [Double], _ type: TensorType, at offset: Int) throws(Diagnostic) {
        try check(type, offset)
        let start = base + offset
        for (index, element) in elements.enumerated() {
            switch type.elementType {
            case .f32: start.storeBytes(of: Float(element), toByteOffset: 4 * index, as: Float.self)
            case .f64: start.storeBytes(of: element, toByteOffset: 8 * index, as: Double.self)
            case .i32: start.storeBytes(of: Int32(element), toByteOffset: 4 * index, as: Int32.self)
            case .bool: start.storeBytes(of: element == 0 ? 0 : 1, toByteOffset: index, as: UInt8.self)
            }
        }
    }

    func floats(count: Int, at offset: Int) throws(Diagnostic) -> [Float] {
        try check(TensorType(.f32, [count]), offset)
        let start = (base + offset).assumingMemoryBound(to: Float.self)
        return Array(UnsafeBufferPointer(start: start, count: count))
    }

    func store(_ floats: [Float], at offset: Int) throws(Diagnostic) {
        try check(TensorType(.f32, [floats.count]), offset)
        floats.withUnsafeBytes { bytes in
            if let source = bytes.baseAddress { (base + offset).copyMemory(from: source, byteCount: bytes.count) }
        }
    }

    /// The bytes of a tensor, where they lie.
    func bytes(_ type: TensorType, at offset: Int) throws(Diagnostic) -> UnsafeRawBufferPointer {
        try check(type, offset)
        return UnsafeRawBufferPointer(start: base + offset, count: type.byteCount)
    }

    /// A copy of everything.
    var allBytes: [UInt8] { Array(UnsafeRawBufferPointer(start: base, count: byteCount)) }

    /// Puts a copy back.
    func store(bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            if let source = bytes.baseAddress { base.copyMemory(from: source, byteCount: min(bytes.count, byteCount)) }
        }
    }

    func fill(_ range: Range<Int>, with byte: UInt8) {
        (base + range.lowerBound).initializeMemory(as: UInt8.self, repeating: byte, count: range.count)
    }

    func clear() {
        base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    }

    private func check(_ type: TensorType, _ offset: Int) throws(Diagnostic) {
        guard offset >= 0, offset + type.byteCount <= byteCount else {
            throw Diagnostic(
                "memory.range", "memory region", "access lies outside", expected: "within \(byteCount) bytes",
                found: "\(offset)..<\(offset + type.byteCount)", kind: .compilerBug)
        }
    }
}
