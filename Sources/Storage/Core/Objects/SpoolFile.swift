import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Bytes kept aside on the disk. The file has no name: it is gone with this value, or with the process.
package final class SpoolFile: Sendable {
    private let handle: FileHandleOwner

    package init(folder: String) throws(ObjectStoreError) {
        let path = "\(folder)/waxwing-\(UUID().uuidString)"
        handle = try FileHandleOwner(creating: path)
        guard unlink(path) == 0 else { throw .system("unlink") }
    }

    package func append(_ bytes: [UInt8]) throws(ObjectStoreError) {
        try handle.write(bytes)
    }

    /// Up to `count` bytes from `offset`; fewer only at the end.
    package func read(at offset: Int, count: Int) throws(ObjectStoreError) -> [UInt8] {
        try handle.read(at: offset, count: count)
    }
}
