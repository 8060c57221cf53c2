import Foundation

/// A folder of its own for one test, removed with all it holds when the last reference goes.
final class TemporaryFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.path + "/waxwing-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
