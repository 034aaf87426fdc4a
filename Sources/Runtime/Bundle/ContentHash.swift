import Foundation

/// FNV-1a of 64 bits: guards against mixed-up and damaged contents, not against malice.
package enum ContentHash {
    /// In hexadecimal digits.
    package static func of(_ bytes: Foundation.Data) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        bytes.withUnsafeBytes { buffer in
            for byte in buffer { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        }
        return String(hash, radix: 16)
    }
}
