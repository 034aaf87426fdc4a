/// Where the values of features come from: a file, memory, or a computation.
protocol FeatureSource: Sendable {
    var sampleCount: Int { get }
    var timeSteps: Int { get }
    var featureWidth: Int { get }

    /// Writes one sample's values, [time, features], rounded to f32 where they are wider.
    func copy(sample: Int, to output: UnsafeMutableBufferPointer<Float>)
}

/// Features where they lie, in any order of axes and bytes, as f32 or f64.
struct StoredFeatures: FeatureSource {
    let sampleCount: Int
    let timeSteps: Int
    let featureWidth: Int
    private let bytes: ByteView
    private let type: NumberType
    private let isBigEndian: Bool
    /// Distances between samples, time steps and features, in elements.
    private let strides: [Int]

    /// Nil unless the array is [samples, time, features] or [samples, features] of f32 or f64.
    init?(_ array: StoredArray) {
        guard case .number(let type) = array.element, type == .f32 || type == .f64 else { return nil }
        let (shape, strides) = (array.shape, array.strides)
        switch shape.count {
        case 2: (sampleCount, timeSteps, featureWidth) = (shape[0], 1, shape[1])
        case 3: (sampleCount, timeSteps, featureWidth) = (shape[0], shape[1], shape[2])
        default: return nil
        }
        self.strides = shape.count == 3 ? strides : [strides[0], 0, strides[1]]
        self.type = type
        isBigEndian = array.isBigEndian
        bytes = array.bytes
    }

    /// Trusts that the values fill the shape.
    init(sampleCount: Int, timeSteps: Int, featureWidth: Int, values: [Float]) {
        self.sampleCount = sampleCount
        self.timeSteps = timeSteps
        self.featureWidth = featureWidth
        bytes = ByteView(values)
        type = .f32
        isBigEndian = false
        strides = [timeSteps * featureWidth, featureWidth, 1]
    }

    func copy(sample: Int, to output: UnsafeMutableBufferPointer<Float>) {
        precondition((0..<sampleCount).contains(sample) && output.count == timeSteps * featureWidth)
        bytes.withUnsafeBytes { buffer in
            let first = sample * strides[0]
            if type == .f32, !isBigEndian, strides[2] == 1, timeSteps == 1 || strides[1] == featureWidth {
                let size = output.count * MemoryLayout<Float>.size
                let part = UnsafeRawBufferPointer(rebasing: buffer[(first * 4)..<(first * 4 + size)])
                UnsafeMutableRawBufferPointer(output).copyMemory(from: part)
                return
            }
            for time in 0..<timeSteps {
                let row = first + time * strides[1]
                for feature in 0..<featureWidth {
                    output[time * featureWidth + feature] = value(in: buffer, at: row + feature * strides[2])
                }
            }
        }
    }

    @inline(__always)
    private func value(in buffer: UnsafeRawBufferPointer, at index: Int) -> Float {
        if type == .f32 {
            let bits = buffer.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
            return Float(bitPattern: isBigEndian ? bits.byteSwapped : bits)
        }
        let bits = buffer.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
        return Float(Double(bitPattern: isBigEndian ? bits.byteSwapped : bits))
    }
}
