import Foundation
import Storage

/// An issuer's keys in a file of this machine.
enum KeySetFile {
    /// - Throws: ``KeyFileError/unreadable(path:reason:)``.
    static func read(_ path: String) async throws -> [UInt8] {
        try await blocking { () throws(KeyFileError) in
            do {
                // Looked at first: opening a pipe would wait for a writer.
                let type = try FileManager.default.attributesOfItem(atPath: resolved(path))[.type] as? FileAttributeType
                guard type == .typeRegular else { throw KeyFileError.unreadable(path: path, reason: "no plain file") }
                let file = try FileHandle(forReadingFrom: URL(filePath: path))
                defer { try? file.close() }
                // One byte more than a set may have, so that a longer file is not taken for a whole one.
                return try file.read(upToCount: JSONWebKeySet.longest + 1).map(Array.init) ?? []
            } catch let error as KeyFileError {
                throw error
            } catch {
                throw .unreadable(path: path, reason: error.localizedDescription)
            }
        }
    }

    /// Mounted secrets are links to their newest version.
    private static func resolved(_ path: String) -> String {
        URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
    }
}
