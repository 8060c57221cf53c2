import Foundation

extension Kit {
    /// Largest kit file that is read: no kit needs more.
    private static let mostBytes = 4 << 20

    /// Reads a kit.
    ///
    /// - Parameter path: a JSON file.
    /// - Throws: ``SamplerError/cannotRead(file:reason:)``, or ``SamplerError/unfit(file:reason:remedy:)`` naming the
    ///   place where it is no kit.
    public init(path: String) throws(SamplerError) {
        let data: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            data = try file.read(upToCount: Self.mostBytes + 1) ?? Data()
        } catch {
            throw .cannotRead(file: path, reason: "no such file, or not to be read")
        }
        guard data.count <= Self.mostBytes else {
            throw .wrongSize(file: path, bytes: data.count, expected: "a kit of at most 4 MiB")
        }
        do {
            self = try JSONDecoder().decode(Kit.self, from: data)
        } catch {
            throw .unfit(file: path, reason: "no kit: \(Self.place(of: error))", remedy: "mend it there")
        }
    }

    /// As JSON, keys in order, ending with a newline.
    ///
    /// - Throws: an `EncodingError` for a tempo or stretch that is not finite.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + [UInt8(ascii: "\n")]
    }

    private static func place(of error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        let context: DecodingError.Context
        switch error {
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found): context = found
        case .keyNotFound(let key, let found):
            return "\(path(found.codingPath)) has no '\(key.stringValue)'"
        @unknown default: return "\(error)"
        }
        return "\(path(context.codingPath)): \(context.debugDescription)"
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        let text = keys.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        return text.isEmpty ? "the file" : String(text.drop { $0 == "." })
    }
}
