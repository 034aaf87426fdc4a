import Data
import Graph
import Testing

@Suite struct FlatDatasetTests {
    /// A small valid data set, array by array.
    private func arrays() -> [String: HostTensor] {
        var arrays: [String: HostTensor] = [:]
        for (part, count) in [("train", 3), ("valid", 2), ("test", 1)] {
            arrays["\(part)_text"] = tensor([count, 2, 3])
            arrays["\(part)_audio"] = tensor([count, 4, 1])
            arrays["\(part)_vision"] = tensor([count, 5])
            arrays["\(part)_labels"] = tensor([count])
        }
        return arrays
    }

    private func tensor(_ shape: [Int]) -> HostTensor {
        let count = shape.reduce(1, *)
        return HostTensor(shape: shape, floats: (0..<count).map { Float($0) / 4 })
    }

    private func load(_ arrays: [String: HostTensor]) throws -> Dataset {
        let folder = try TemporaryFolder()
        try NpzFile.write(arrays, to: folder.path("set.npz"))
        return try Dataset.load(path: folder.path("set.npz"))
    }

    /// Nothing is made of elements that are too many: what they are is not looked at.
    @Test func countsAreComparedFirst() throws {
        for (name, count) in [("train_ids", 7), ("valid_labels", 3), ("test_ids", 0)] {
            #expect(try refusal(name, HostTensor(shape: [count], doubles: [Double](repeating: .nan, count: count))) == ["dataset.sample-count", name])
        }
    }

    /// The id and the array that a change to the valid data set is refused with.
    private func refusal(_ name: String, _ tensor: HostTensor?) throws -> [String] {
        var arrays = arrays()
        arrays[name] = tensor
        let folder = try TemporaryFolder()
        let path = folder.path("set.npz")
        try NpzFile.write(arrays, to: path)
        let found = try #require(diagnostic { () throws(Diagnostic) in try Dataset.load(path: path) })
        #expect(found.expected != nil)
        #expect(found.found != nil)
        #expect(found.subject.hasPrefix("\(path): "))
        return [found.id, String(found.subject.dropFirst(path.count + 2))]
    }

    @Test func plain() throws {
        let dataset = try load(arrays())
        #expect(dataset.train.text.shape == [3, 2, 3])
        #expect(dataset.valid.vision.shape == [2, 1, 5])
        #expect(dataset.test.labels == [0])
        #expect(dataset.train.ids == ["0", "1", "2"])
        #expect(dataset.notes.isEmpty)
    }

    @Test func fromNumpy() throws {
        let dataset = try Dataset.load(path: Fixture.path("numpy_dataset.npz"))
        #expect(dataset.train.labels == [-1, 0, 1, 2])
        #expect(dataset.test.ids == ["test$_$0", "test$_$1", "test$_$2"])
        #expect(dataset.train.audio.shape == [4, 5, 2])
        #expect(dataset.train.audio.values[2] == 0)
        #expect(dataset.test.vision.shape == [3, 1, 4])
        #expect(dataset.test.vision.values[10] == 0)
        #expect(
            dataset.notes.sorted() == [
                "arrays that are not used: test_lengths, train_lengths, valid_lengths",
                "test_audio: 1 values that were not finite became 0",
                "test_vision: 1 values that were not finite became 0",
                "train_audio: 1 values that were not finite became 0",
                "train_vision: 1 values that were not finite became 0",
                "valid_audio: 1 values that were not finite became 0",
                "valid_vision: 1 values that were not finite became 0",
            ])
    }

    @Test func otherElementTypes() throws {
        var arrays = arrays()
        arrays["train_text"] = HostTensor(shape: [3, 2, 3], doubles: [Double](repeating: 0.5, count: 18))
        arrays["train_labels"] = HostTensor(shape: [3, 1], int64s: [1, 2, -3])
        arrays["valid_labels"] = HostTensor(shape: [2], int32s: [4, 5])
        arrays["train_ids"] = HostTensor(shape: [3], int64s: [7, 8, 9])
        arrays["valid_ids"] = HostTensor(shape: [2], texts: ["x", "y"])
        let dataset = try load(arrays)
        #expect(dataset.train.text.values == [Float](repeating: 0.5, count: 18))
        #expect(dataset.train.labels == [1, 2, -3])
        #expect(dataset.valid.labels == [4, 5])
        #expect(dataset.train.ids == ["7", "8", "9"])
        #expect(dataset.valid.ids == ["x", "y"])
    }

    @Test func missing() throws {
        #expect(try refusal("valid_audio", nil) == ["dataset.missing", "valid_audio"])
        #expect(try refusal("test_labels", nil) == ["dataset.missing", "test_labels"])
    }

    @Test func rank() throws {
        #expect(try refusal("train_text", tensor([3])) == ["dataset.rank", "train_text"])
        #expect(try refusal("train_text", tensor([3, 1, 1, 2])) == ["dataset.rank", "train_text"])
        #expect(try refusal("train_labels", tensor([3, 2])) == ["dataset.rank", "train_labels"])
        #expect(
            try refusal("train_ids", HostTensor(shape: [3, 1], texts: ["", "", ""])) == ["dataset.rank", "train_ids"])
    }

    @Test func elementType() throws {
        let texts = HostTensor(shape: [3], texts: ["1", "2", "3"])
        #expect(try refusal("train_labels", texts) == ["dataset.element-type", "train_labels"])
        let bools = HostTensor(shape: [3], bools: [true, true, true])
        #expect(try refusal("train_labels", bools) == ["dataset.element-type", "train_labels"])
        let integers = HostTensor(shape: [3, 1], int64s: [1, 2, 3])
        #expect(try refusal("train_audio", integers) == ["dataset.element-type", "train_audio"])
        #expect(try refusal("train_ids", tensor([3])) == ["dataset.element-type", "train_ids"])
    }

    @Test func sizes() throws {
        #expect(try refusal("train_audio", tensor([2, 4, 1])) == ["dataset.sample-count", "train_audio"])
        #expect(try refusal("valid_labels", tensor([3])) == ["dataset.sample-count", "valid_labels"])
        let ids = HostTensor(shape: [1], texts: ["a"])
        #expect(try refusal("train_ids", ids) == ["dataset.sample-count", "train_ids"])
        #expect(try refusal("test_text", tensor([1, 3, 3])) == ["dataset.time-steps", "test_text"])
        #expect(try refusal("valid_vision", tensor([2, 6])) == ["dataset.feature-width", "valid_vision"])
        #expect(try refusal("valid_text", tensor([0, 2, 3])) == ["dataset.empty", "valid_text"])
        #expect(try refusal("train_audio", tensor([3, 0, 1])) == ["dataset.empty", "train_audio"])
    }

    @Test func values() throws {
        let labels = HostTensor(shape: [3], floats: [0, .nan, 1])
        #expect(try refusal("train_labels", labels) == ["dataset.label", "train_labels"])
        let huge = HostTensor(shape: [3], doubles: [0, 1, 1e300])
        #expect(try refusal("train_labels", huge) == ["dataset.label", "train_labels"])
        var text = [Float](repeating: 0, count: 12)
        text[7] = -.infinity
        let tensor = HostTensor(shape: [2, 2, 3], floats: text)
        #expect(try refusal("valid_text", tensor) == ["dataset.text-value", "valid_text"])
        var arrays = arrays()
        arrays["train_labels"] = labels
        let folder = try TemporaryFolder()
        let path = folder.path("set.npz")
        try NpzFile.write(arrays, to: path)
        let found = diagnostic { () throws(Diagnostic) in try Dataset.load(path: path) }
        #expect(found?.message == "label 1 is not a finite number")
    }

    @Test func someSamples() throws {
        let train = try load(arrays()).train
        #expect(train.audio.values(of: [2, 0, 2]) == [2, 2.25, 2.5, 2.75, 0, 0.25, 0.5, 0.75, 2, 2.25, 2.5, 2.75])
        #expect(train.audio.values(of: [Int]()) == [])
    }
}
