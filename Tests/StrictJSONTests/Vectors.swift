import Foundation

/// Data of others, which does not come with the project.
enum Vectors {
    static let foreign = ProcessInfo.processInfo.environment["WAXWING_VECTORS"].map { URL(filePath: $0) }
    static let inCI = ProcessInfo.processInfo.environment["CI"] == "true"

    static func json(_ file: URL) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    }
}
