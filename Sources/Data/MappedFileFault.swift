import Foundation

/// What happens when a mapped file becomes shorter, or its disk fails, while it is read: the system sends SIGBUS.
///
/// Nothing can go on then, but the process ends with a message and exit code 2, like after any other mistake with a file. The
/// handler may only look at memory that is there already and write to a descriptor.
enum MappedFileFault {
    private struct Mapping {
        var start: UInt
        var count: UInt
        var path: UnsafeMutablePointer<CChar>
    }

    /// Mappings beyond these are not named.
    private static let most = 64
    private static let lock = NSLock()
    /// Allocated before the handler is installed, and never freed.
    nonisolated(unsafe) private static let mappings: UnsafeMutablePointer<Mapping?> = {
        let mappings = UnsafeMutablePointer<Mapping?>.allocate(capacity: most)
        mappings.initialize(repeating: nil, count: most)
        install()
        return mappings
    }()

    static func add(_ base: UnsafeMutableRawPointer, count: Int, path: String) {
        lock.lock()
        defer { lock.unlock() }
        guard let free = (0..<most).first(where: { mappings[$0] == nil }), let text = strdup(path) else { return }
        mappings[free] = Mapping(start: UInt(bitPattern: base), count: UInt(count), path: text)
    }

    static func remove(_ base: UnsafeMutableRawPointer) {
        lock.lock()
        defer { lock.unlock() }
        for index in 0..<most {
            guard let mapping = mappings[index], mapping.start == UInt(bitPattern: base) else { continue }
            mappings[index] = nil
            free(mapping.path)
        }
    }

    private static func install() {
        var action = sigaction()
        action.sa_flags = SA_SIGINFO
        action.__sigaction_handler.sa_sigaction = { number, information, _ in
            MappedFileFault.end(number, at: UInt(bitPattern: information?.pointee._sifields._sigfault.si_addr))
        }
        sigaction(SIGBUS, &action, nil)
    }

    private static func end(_ number: Int32, at address: UInt) {
        for index in 0..<most {
            guard let mapping = mappings[index], address >= mapping.start, address - mapping.start < mapping.count else { continue }
            write("error[file.changed]: ")
            Foundation.write(STDERR_FILENO, mapping.path, strlen(mapping.path))
            write(": the file became shorter while it was read, or its disk failed\n")
            _exit(2)
        }
        // Not one of our files: the signal comes again, with its usual effect.
        signal(number, SIG_DFL)
    }

    private static func write(_ text: StaticString) { Foundation.write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount) }
}
