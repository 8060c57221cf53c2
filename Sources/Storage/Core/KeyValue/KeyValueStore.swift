import Foundation

/// Small values under short keys, each for a limited time: caches, counters, pending uploads.
///
/// Last write wins. An expired value is never returned. `KeyValueStorePromise` checks each of these.
public protocol KeyValueStore: Sendable {
    func get(_ key: KeyValueKey) async throws(KeyValueError) -> [UInt8]?

    /// - Parameters:
    ///   - value: up to 25 MB.
    ///   - life: how long the value is kept; nil for ever.
    func put(_ value: [UInt8], for key: KeyValueKey, expiresIn life: Duration?) async throws(KeyValueError)

    func delete(_ key: KeyValueKey) async throws(KeyValueError)

    /// Puts `value` only if the present value is `expected` (nil: there is none).
    /// - Returns: whether it was put.
    func compareAndSet(
        _ key: KeyValueKey, from expected: [UInt8]?, to value: [UInt8], expiresIn life: Duration?
    )
        async throws(KeyValueError) -> Bool

    /// Adds to a counter atomically; a missing one starts at 0 and lives for `life` from now.
    /// - Returns: the new count.
    func increment(_ key: KeyValueKey, by amount: Int, expiresIn life: Duration?) async throws(KeyValueError) -> Int
}

/// The name of a value: 1…512 bytes of UTF-8 without zero bytes, which no database takes.
public struct KeyValueKey: Hashable, Sendable {
    public static let longest = 512
    public static let largestValue = 25_000_000

    public let text: String

    public init(_ text: String) throws(KeyValueError) {
        guard (1...Self.longest).contains(text.utf8.count), !text.utf8.contains(0) else {
            throw .invalidKey(bytes: text.utf8.count)
        }
        self.text = text
    }

    // By bytes, as databases compare: `String` takes two spellings of one letter for the same.
    public static func == (a: KeyValueKey, b: KeyValueKey) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

public enum KeyValueError: Error, Equatable, Sendable {
    case invalidKey(bytes: Int)
    case valueTooLarge(bytes: Int)
    /// The value under this key is not a counter.
    case notACounter(String)
    /// JSON cannot hold the value of this type, as one with an infinite number.
    case notEncodable(String)
    case unavailable(String)
}

extension KeyValueError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidKey(let bytes):
            "a key of \(bytes) bytes: use 1 to \(KeyValueKey.longest), none of them zero; hash what is longer"
        case .valueTooLarge(let bytes):
            "a value of \(bytes) bytes: at most \(KeyValueKey.largestValue) fit; keep it in the object store"
        case .notACounter(let key):
            "the value under '\(key)' is not a counter: delete it first"
        case .notEncodable(let type):
            "a value of type \(type) cannot be written as JSON: check it for numbers that are not finite"
        case .unavailable(let reason):
            "the key-value store did not answer (\(reason)): go on without it"
        }
    }
}

extension KeyValueStore {
    /// The number of a family of keys. Keys that carry it are all dropped at once by ``startGeneration(of:)``.
    public func generation(of family: String) async throws(KeyValueError) -> Int {
        try await increment(KeyValueKey("generation:\(family)"), by: 0, expiresIn: nil)
    }

    /// Drops a whole family of keys: they keep their old number, so nobody asks for them again.
    @discardableResult
    public func startGeneration(of family: String) async throws(KeyValueError) -> Int {
        try await increment(KeyValueKey("generation:\(family)"), by: 1, expiresIn: nil)
    }
}

/// How a counter is kept as a value.
enum Counter {
    static func count(in value: [UInt8]?, key: KeyValueKey) throws(KeyValueError) -> Int {
        guard let value else { return 0 }
        guard let count = Int(String(decoding: value, as: UTF8.self)) else { throw .notACounter(key.text) }
        return count
    }

    static func adding(_ amount: Int, to count: Int, key: KeyValueKey) throws(KeyValueError) -> Int {
        let (sum, overflow) = count.addingReportingOverflow(amount)
        guard !overflow else { throw .notACounter(key.text) }
        return sum
    }
}
