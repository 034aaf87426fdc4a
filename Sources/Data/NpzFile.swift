import Graph

/// numpy's archive of named arrays, stored or compressed.
public struct NpzFile {
    public let path: String
    private let archive: ZipArchive
    private let membersByName: [String: ZipMember]

    /// Opens an archive and checks its directory; no array is read yet.
    public init(path: String) throws(Diagnostic) {
        self.path = path
        archive = try ZipArchive(path: path)
        var members: [String: ZipMember] = [:]
        for member in archive.members {
            let isArray = member.name.hasSuffix(".npy")
            let name = isArray ? String(member.name.dropLast(4)) : member.name
            guard isArray, !name.isEmpty else {
                throw Diagnostic(
                    "npz.member-name", "\(path): \(member.name)", "a member is no array",
                    expected: "a name that ends in .npy", found: member.name)
            }
            members[name] = member
        }
        membersByName = members
    }

    /// The arrays' names, sorted.
    public var names: [String] { membersByName.keys.sorted() }

    /// Reads one array; nil where the archive has none of this name.
    public func tensor(named name: String) throws(Diagnostic) -> HostTensor? {
        guard let member = membersByName[name] else { return nil }
        return try Npy.tensor(in: contents(of: member, isVerified: true), subject: "\(path): \(name)")
    }

    /// One array where it lies, or unpacked; nil where the archive has none of this name.
    func array(named name: String, isVerified: Bool) throws(Diagnostic) -> StoredArray? {
        guard let member = membersByName[name] else { return nil }
        return try Npy.array(in: contents(of: member, isVerified: isVerified), subject: "\(path): \(name)")
    }

    /// An array's header is read before memory is taken for the array.
    private func contents(of member: ZipMember, isVerified: Bool) throws(Diagnostic) -> ByteView {
        if let beginning = try archive.beginning(of: member, count: Npy.longestPrologue) {
            try Npy.check(beginning, size: member.size, subject: "\(path): \(member.name.dropLast(4))")
        }
        return try archive.contents(of: member, isVerified: isVerified)
    }

    /// Reads all arrays.
    public static func read(path: String) throws(Diagnostic) -> [String: HostTensor] {
        let file = try NpzFile(path: path)
        var tensors: [String: HostTensor] = [:]
        for name in file.names {
            tensors[name] = try file.tensor(named: name)
        }
        return tensors
    }

    /// Writes arrays, sorted by name and not compressed, replacing the file only when all is written.
    public static func write(_ tensors: [String: HostTensor], to path: String) throws(Diagnostic) {
        try write(tensors, to: path, wideFrom: Int(ZipFormat.wideMark))
    }

    /// - Parameter wideFrom: numbers from this one on take 64 bits, so that a small archive can be like one of 4 GiB.
    package static func write(
        _ tensors: [String: HostTensor], to path: String, wideFrom: Int
    ) throws(Diagnostic) {
        try AtomicFile.write(to: path) { (file) throws(Diagnostic) in
            var writer = ZipWriter(file: file, path: path, wideFrom: wideFrom)
            for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
                try writer.add(name + ".npy", Npy.encode(tensor, subject: "\(path): \(name)"))
            }
            try writer.finish()
        }
    }
}
