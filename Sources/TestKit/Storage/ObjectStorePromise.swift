import Storage
import Testing

/// One thing every ``ObjectStore`` promises, and how it is checked.
///
/// ```swift
/// @Test(arguments: ObjectStorePromise.all)
/// func `keeps every promise`(_ promise: ObjectStorePromise) async throws {
///     try await promise.check(freshStore())
/// }
/// ```
public struct ObjectStorePromise: Sendable, CustomTestStringConvertible {
    public let testDescription: String
    /// Takes a store without objects, and reports what is not kept through Swift Testing.
    public let check: @Sendable (any ObjectStore) async throws -> Void

    init(_ promise: String, check: @escaping @Sendable (any ObjectStore) async throws -> Void) {
        (testDescription, self.check) = (promise, check)
    }

    public static let all = content + ranges + replacing + conditions + listing + levels
}

/// Bytes that differ from place to place, so that a shifted or repeated piece is seen.
func pattern(_ count: Int, seed: Int = 0) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 31) ^ ($0 >> 8) ^ ($0 >> 16) ^ seed) }
}

extension ByteStream {
    /// `bytes` in pieces of `size`, then `error` if there is one.
    static func pieces(of bytes: [UInt8], by size: Int, then error: (any Error)? = nil) -> ByteStream {
        ByteStream {
            let offset = Offset()
            return {
                let start = await offset.advance(by: size)
                if start < bytes.count { return Array(bytes[start...].prefix(size)) }
                if let error { throw error }
                return nil
            }
        }
    }

    private actor Offset {
        private var offset = 0

        func advance(by size: Int) -> Int {
            defer { offset += size }
            return offset
        }
    }
}

extension ObjectStore {
    func bytes(_ key: String, range: ByteRange? = nil) async throws -> [UInt8] {
        try await get(ObjectKey(key), range: range).stream.collected()
    }

    @discardableResult
    func put(_ bytes: [UInt8], at key: String, if condition: WriteCondition = .always) async throws -> ObjectInfo {
        try await put(ByteStream(bytes), at: ObjectKey(key), ObjectAttributes(), if: condition)
    }

    /// All keys, walked in pages of `limit`.
    func keys(prefix: String = "", limit: Int = 1000) async throws -> [String] {
        var (keys, last) = ([String](), ObjectKey?.none)
        repeat {
            let page = try await list(prefix: prefix, after: last, limit: limit)
            #expect(page.objects.count <= limit)
            keys += page.objects.map(\.key.text)
            last = page.next
        } while last != nil
        return keys
    }
}
