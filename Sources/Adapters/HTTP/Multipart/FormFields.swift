import Synchronization

/// Short texts of a form, by the names that were asked for.
final class FormFields: Sendable {
    /// In bytes.
    private static let longest = 256

    private let names: Set<String>
    private let kept = Mutex<[String: String]>([:])

    init(_ names: Set<String>) {
        self.names = names
    }

    /// The last one of the name, as a browser's form has it; nil where there is none, or it is empty.
    subscript(name: String) -> String? {
        kept.withLock { $0[name] }.flatMap { $0.isEmpty ? nil : $0 }
    }

    func read(_ part: MultipartPart, from reader: MultipartReader) async throws {
        let name = part.name
        guard part.filename == nil, names.contains(name) else { return }
        var bytes: [UInt8] = []
        while let chunk = try await reader.nextChunk() {
            bytes += chunk
            guard bytes.count <= Self.longest else {
                throw InvalidRequest(field: name, message: "'\(name)' is longer than \(Self.longest) bytes")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw InvalidRequest(field: name, message: "'\(name)' is not UTF-8")
        }
        kept.withLock { $0[name] = text }
    }
}
