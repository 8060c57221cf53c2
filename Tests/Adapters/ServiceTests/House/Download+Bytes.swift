@testable import WaxwingService

extension Download {
    /// All that is handed on.
    func bytes() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await write { bytes += $0 }
        return bytes
    }
}
