/// A value of a pickle. Containers are numbers of the machine's objects: nothing here nests, whatever a file does.
enum PickleValue: Sendable {
    case none
    case truth(Bool)
    case integer(Int)
    case number(Double)
    case text(PickleText)
    case bytes(PickleBytes)
    case object(Int)
    case global(PickleGlobal)

    /// What it is, for messages.
    var words: String {
        switch self {
        case .none: "None"
        case .truth: "a truth value"
        case .integer: "a whole number"
        case .number: "a number"
        case .text: "a text"
        case .bytes: "bytes"
        case .object: "an object"
        case .global(let global): global.rawValue
        }
    }
}

/// A text, where the file has it.
struct PickleText: Sendable {
    var range: Range<Int>
    /// Written by Python 2, where texts and bytes were the same.
    var mayBeBytes: Bool
}

/// Bytes, where the file has them.
struct PickleBytes: Sendable {
    var range: Range<Int>
    /// Protocol 2 has no bytes: each is a character of a UTF-8 text.
    var isLatinText: Bool
}

/// The only functions and types that a pickle may name, under the names of old and new versions of numpy.
enum PickleGlobal: String, Sendable, CaseIterable {
    case reconstruct = "numpy.core.multiarray._reconstruct"
    case scalar = "numpy.core.multiarray.scalar"
    case fromBuffer = "numpy.core.numeric._frombuffer"
    case array = "numpy.ndarray"
    case elementType = "numpy.dtype"
    case encode = "_codecs.encode"
    case bytes = "builtins.bytes"
    case byteArray = "builtins.bytearray"
    case orderedDictionary = "collections.OrderedDict"

    /// Nil for everything else.
    init?(module: String, name: String) {
        let module =
            switch module {
            case "numpy._core.multiarray": "numpy.core.multiarray"
            case "numpy._core.numeric": "numpy.core.numeric"
            case "__builtin__": "builtins"
            default: module
            }
        guard !name.contains(".") else { return nil }
        self.init(rawValue: "\(module).\(name)")
    }
}

/// A container or an array of a pickle.
enum PickleObject: Sendable {
    case list([PickleValue])
    case tuple([PickleValue])
    case dictionary([(key: String, value: PickleValue)], keys: Set<String>)
    case elementType(PickleElement)
    /// Nil until its contents follow.
    case array(PickleArray?)

    /// What it is, for messages.
    var words: String {
        switch self {
        case .list: "a list"
        case .tuple: "a tuple"
        case .dictionary: "a dictionary"
        case .elementType: "an element type"
        case .array: "an array"
        }
    }
}

/// numpy's dtype.
struct PickleElement: Sendable {
    /// Nil for Python objects.
    var element: StoredElement?
    var isBigEndian: Bool
}

/// numpy's array.
struct PickleArray: Sendable {
    enum Contents: Sendable {
        case bytes(PickleBytes)
        /// The number of a list, which any number of arrays may have.
        case list(Int)
    }

    /// As stored.
    var shape: [Int]
    var type: PickleElement
    var order: AxisOrder
    var contents: Contents
}
