/// Keeps whole objects under keys.
///
/// A put is seen whole or not at all, and replaces; a get returns the last completed put or throws
/// ``ObjectStoreError/notFound(_:)``; what was acknowledged survives a crash. `ObjectStorePromise` checks each of these.
public protocol ObjectStore: Sendable {
    /// Stores all of `body`.
    ///
    /// - Throws: ``ObjectStoreError/bodyFailed(_:)`` with the stream's own error if it breaks: nothing is stored then;
    ///   ``ObjectStoreError/conditionFailed(_:)`` if `condition` does not hold at the moment of the commit.
    func put(
        _ body: ByteStream, at key: ObjectKey, _ attributes: ObjectAttributes, if condition: WriteCondition
    )
        async throws(ObjectStoreError) -> ObjectInfo

    /// - Parameter range: nil for the whole object, whose checksum is then verified at the end of the stream.
    func get(_ key: ObjectKey, range: ByteRange?) async throws(ObjectStoreError) -> ObjectBody

    func head(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo

    /// Removes the object. Removing a missing one succeeds, so a retry is harmless.
    func delete(_ key: ObjectKey) async throws(ObjectStoreError)

    /// Objects whose key starts with `prefix`, in byte order of the keys, from after `last`.
    ///
    /// An object that exists during the whole walk over all pages appears exactly once.
    /// - Parameter limit: 1…1,000.
    func list(prefix: String, after last: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage

    /// The keys that ``list(prefix:after:limit:)`` walks over, without a look at the objects: cheaper on most stores, and
    /// a damaged object does not end the walk.
    ///
    /// - Returns: fewer than `limit` only at the end.
    func listKeys(prefix: String, after last: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> [ObjectKey]

    /// One level of the tree: keys that start with `prefix`, those with `delimiter` further on gathered by it.
    ///
    /// In all pages together, every object of the level and every prefix is given once, each in byte order.
    /// - Parameters:
    ///   - delimiter: not empty; `/` in most uses.
    ///   - last: ``ObjectLevel/next`` of the page before.
    ///   - limit: 1…1,000 objects and prefixes together.
    func listLevel(
        prefix: String, delimiter: String, after last: String?, limit: Int
    ) async throws(ObjectStoreError) -> ObjectLevel

    /// Stores a copy with the same attributes.
    func copy(
        _ source: ObjectKey, to target: ObjectKey, if condition: WriteCondition
    ) async throws(ObjectStoreError)
        -> ObjectInfo

    /// Stores a copy of an object that the caller has read whole, so that its SHA-256 is kept even if it came to the store
    /// some other way, as by a link.
    ///
    /// - Parameters:
    ///   - source: as it was read.
    ///   - sha256: hexadecimal, of the bytes that were read.
    /// - Throws: ``ObjectStoreError/conditionFailed(_:)`` with the source if it is another by now, from stores that copy
    ///   by themselves; ``ObjectStoreError/corrupted(_:)``.
    func copy(_ source: ObjectInfo, sha256: String, to target: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo
}

extension ObjectStore {
    /// For stores that know the SHA-256 of all their objects.
    public func copy(
        _ source: ObjectInfo, sha256: String, to target: ObjectKey
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await copy(source.key, to: target, if: .always)
    }

    @discardableResult
    public func put(
        _ bytes: [UInt8], at key: ObjectKey, _ attributes: ObjectAttributes = .init()
    )
        async throws(ObjectStoreError) -> ObjectInfo
    {
        try await put(ByteStream(bytes), at: key, attributes, if: .always)
    }

    public func get(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectBody {
        try await get(key, range: nil)
    }

    public func listKeys(
        prefix: String, after last: ObjectKey?, limit: Int
    ) async throws(ObjectStoreError) -> [ObjectKey] {
        var (keys, position) = ([ObjectKey](), last)
        repeat {
            let page = try await list(prefix: prefix, after: position, limit: limit - keys.count)
            keys += page.objects.map(\.key)
            position = page.next
        } while position != nil && keys.count < limit
        return keys
    }
}

/// What a client says about an object.
public struct ObjectAttributes: Codable, Equatable, Sendable {
    public var contentType: String
    public var cacheControl: String?
    public var metadata: [String: String]

    public init(
        contentType: String = "application/octet-stream", cacheControl: String? = nil, metadata: [String: String] = [:]
    ) {
        (self.contentType, self.cacheControl, self.metadata) = (contentType, cacheControl, metadata)
    }
}

/// What the store says about an object.
public struct ObjectInfo: Equatable, Sendable {
    public let key: ObjectKey
    /// Bytes.
    public let size: Int
    /// Changes with the content. Opaque, without quotes.
    public let etag: String
    public let modified: Timestamp
    public let attributes: ObjectAttributes

    public init(key: ObjectKey, size: Int, etag: String, modified: Timestamp, attributes: ObjectAttributes) {
        (self.key, self.size, self.etag, self.modified, self.attributes) = (key, size, etag, modified, attributes)
    }
}

/// An object being read.
public struct ObjectBody: Sendable {
    public let info: ObjectInfo
    /// The bytes that `stream` gives.
    public let range: Range<Int>
    public let stream: ByteStream

    public init(info: ObjectInfo, range: Range<Int>, stream: ByteStream) {
        (self.info, self.range, self.stream) = (info, range, stream)
    }
}

public struct ObjectPage: Sendable {
    public let objects: [ObjectInfo]
    /// Give it as `after` for the next page; nil on the last.
    public let next: ObjectKey?

    public init(objects: [ObjectInfo], next: ObjectKey?) {
        (self.objects, self.next) = (objects, next)
    }
}

/// What must hold for a write to take place.
public enum WriteCondition: Equatable, Sendable {
    case always
    /// Create only: no object is there (`If-None-Match: *`).
    case absent
    /// Replace only: the object there has this etag (`If-Match`).
    case matches(etag: String)

    func holds(for present: ObjectInfo?) -> Bool {
        switch self {
        case .always: true
        case .absent: present == nil
        case .matches(let etag): present?.etag == etag
        }
    }
}

/// A part of an object, as a range request names it.
public enum ByteRange: Equatable, Sendable {
    /// `bytes=first-last`, both included.
    case closed(Int, Int)
    /// `bytes=first-`.
    case from(Int)
    /// `bytes=-count`: the last `count` bytes.
    case suffix(Int)

    /// The bytes meant, in an object of `size` bytes; nil when there are none of them (RFC 9110 §14.1.2).
    public func resolved(in size: Int) -> Range<Int>? {
        switch self {
        case .closed(let first, let last):
            first >= 0 && first <= last && first < size ? first..<(min(last, size - 1) + 1) : nil
        case .from(let first):
            first >= 0 && first < size ? first..<size : nil
        case .suffix(let count):
            count > 0 && size > 0 ? max(0, size - count)..<size : nil
        }
    }
}
