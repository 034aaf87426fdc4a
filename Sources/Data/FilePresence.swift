import Foundation

/// Whether there is a file: what cannot be found out is no absence, or a failing disk would make a run begin again from nothing.
package enum FilePresence {
    package static func isAbsent(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
    }
}
