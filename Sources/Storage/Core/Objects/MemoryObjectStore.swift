import Crypto
import Synchronization

/// Objects in memory, for tests and for programs that need nothing kept.
public final class MemoryObjectStore: ObjectStore {
    struct Entry {
        let info: ObjectInfo
        let bytes: [UInt8]
        /// Of an object made of parts: which upload, and which of its parts.
        var mark: String?
    }

    struct Arrivals {
        let upload: MultipartUpload
        let attributes: ObjectAttributes
        var parts: [Int: (part: UploadedPart, bytes: [UInt8])] = [:]
    }

    let entries = Mutex<[ObjectKey: Entry]>([:])
    let arrivals = Mutex<[String: Arrivals]>([:])
    let clock: any WallClock

    public init(clock: any WallClock = SystemClock()) {
        self.clock = clock
    }

    public func put(
        _ body: ByteStream, at key: ObjectKey, _ attributes: ObjectAttributes, if condition: WriteCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        let bytes: [UInt8]
        do {
            bytes = try await body.collected()
        } catch {
            throw .bodyFailed(error)
        }
        return try commit(bytes, at: key, attributes, if: condition)
    }

    public func get(_ key: ObjectKey, range: ByteRange?) async throws(ObjectStoreError) -> ObjectBody {
        let entry = try entry(at: key)
        let size = entry.bytes.count
        guard let bounds = range.map({ $0.resolved(in: size) }) ?? 0..<size else {
            throw .rangeNotSatisfiable(key, size: size)
        }
        return ObjectBody(info: entry.info, range: bounds, stream: ByteStream(Array(entry.bytes[bounds])))
    }

    public func head(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo {
        try entry(at: key).info
    }

    public func delete(_ key: ObjectKey) async throws(ObjectStoreError) {
        entries.withLock { $0[key] = nil }
    }

    public func list(prefix: String, after last: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        let matching = entries.withLock { entries in
            entries.values.map(\.info).filter { info in
                info.key.text.utf8.starts(with: prefix.utf8) && last.map { $0 < info.key } ?? true
            }
        }
        let sorted = matching.sorted { $0.key < $1.key }
        let page = Array(sorted.prefix(limit))
        return ObjectPage(objects: page, next: sorted.count > page.count ? page.last?.key : nil)
    }

    public func copy(
        _ source: ObjectKey, to target: ObjectKey, if condition: WriteCondition
    )
        async throws(ObjectStoreError) -> ObjectInfo
    {
        let entry = try entry(at: source)
        return try commit(entry.bytes, at: target, entry.info.attributes, if: condition)
    }

    private func entry(at key: ObjectKey) throws(ObjectStoreError) -> Entry {
        guard let entry = entries.withLock({ $0[key] }) else { throw .notFound(key) }
        return entry
    }

    private func commit(
        _ bytes: [UInt8], at key: ObjectKey, _ attributes: ObjectAttributes, if condition: WriteCondition
    ) throws(ObjectStoreError) -> ObjectInfo {
        let info = ObjectInfo(
            key: key, size: bytes.count, etag: Checksum.hex(SHA256.hash(data: bytes)), modified: clock.now(),
            attributes: attributes)
        let kept = entries.withLock { entries in
            guard condition.holds(for: entries[key]?.info) else { return false }
            entries[key] = Entry(info: info, bytes: bytes)
            return true
        }
        guard kept else { throw .conditionFailed(key) }
        return info
    }
}
