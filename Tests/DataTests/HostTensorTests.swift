import Data
import Testing

@Suite struct HostTensorTests {
    @Test func conversions() {
        #expect(HostTensor(shape: [2], doubles: [0.5, -2]).floats == [0.5, -2])
        #expect(HostTensor(shape: [2], int32s: [1, -2]).doubles == [1, -2])
        #expect(HostTensor(shape: [1], int64s: [1 << 40]).floats == [0x1p40])
        #expect(HostTensor(shape: [2], bools: [true, false]).floats == [1, 0])
        #expect(HostTensor(shape: [1], floats: [0.5]).doubles == [0.5])
        #expect(HostTensor(shape: [1], texts: ["1"]).floats == nil)
        #expect(HostTensor(shape: [1], texts: ["1"]).doubles == nil)
    }

    @Test func consistency() {
        #expect(HostTensor(shape: [2, 3], floats: [0, 0, 0, 0, 0, 0]).hasConsistentShape)
        #expect(HostTensor(shape: [], floats: [0]).hasConsistentShape)
        #expect(!HostTensor(shape: [2], floats: [0]).hasConsistentShape)
        #expect(!HostTensor(shape: [-1, -1], floats: [0]).hasConsistentShape)
        #expect(!HostTensor(shape: [.max, .max], floats: []).hasConsistentShape)
    }

    @Test func names() {
        let tensors = [
            HostTensor(shape: [0], floats: []), HostTensor(shape: [0], doubles: []), HostTensor(shape: [0], int32s: []),
            HostTensor(shape: [0], int64s: []), HostTensor(shape: [0], bools: []), HostTensor(shape: [0], texts: []),
        ]
        #expect(tensors.map(\.elementTypeName) == ["f32", "f64", "i32", "i64", "bool", "text"])
        #expect(tensors.allSatisfy { $0.elementCount == 0 })
    }
}
