import Storage
import StorageTestKit
import Synchronization

/// A store that cannot be reached for as long as a test says so.
final class AwayStore: ObjectStore {
    private let store = MemoryObjectStore(clock: ManualClock())
    private let away: Mutex<Bool>

    init(isAway: Bool = false) {
        away = Mutex(isAway)
    }

    var isAway: Bool {
        get { away.withLock { $0 } }
        set { away.withLock { $0 = newValue } }
    }

    private func reach() throws(ObjectStoreError) -> MemoryObjectStore {
        guard !isAway else { throw .unavailable("no connection") }
        return store
    }

    func put(
        _ body: ByteStream, at key: ObjectKey, _ attributes: ObjectAttributes, if condition: WriteCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await reach().put(body, at: key, attributes, if: condition)
    }

    func get(_ key: ObjectKey, range: ByteRange?) async throws(ObjectStoreError) -> ObjectBody {
        try await reach().get(key, range: range)
    }

    func head(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo { try await reach().head(key) }

    func delete(_ key: ObjectKey) async throws(ObjectStoreError) { try await reach().delete(key) }

    func list(prefix: String, after last: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        try await reach().list(prefix: prefix, after: last, limit: limit)
    }

    func listLevel(
        prefix: String, delimiter: String, after last: String?, limit: Int
    ) async throws(ObjectStoreError) -> ObjectLevel {
        try await reach().listLevel(prefix: prefix, delimiter: delimiter, after: last, limit: limit)
    }

    func copy(
        _ source: ObjectKey, to target: ObjectKey, if condition: WriteCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await reach().copy(source, to: target, if: condition)
    }
}

extension AwayStore: MultipartUploading {
    var partSizes: ClosedRange<Int> { store.partSizes }

    func beginUpload(
        at key: ObjectKey, _ attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> MultipartUpload { try await reach().beginUpload(at: key, attributes) }

    func uploadPart(
        _ number: Int, _ bytes: [UInt8], of upload: MultipartUpload
    ) async throws(ObjectStoreError) -> UploadedPart { try await reach().uploadPart(number, bytes, of: upload) }

    func parts(of upload: MultipartUpload) async throws(ObjectStoreError) -> [UploadedPart] {
        try await reach().parts(of: upload)
    }

    func complete(
        _ upload: MultipartUpload, _ parts: [UploadedPart]
    ) async throws(ObjectStoreError) -> ObjectInfo { try await reach().complete(upload, parts) }

    func abort(_ upload: MultipartUpload) async throws(ObjectStoreError) { try await reach().abort(upload) }

    func uploads(prefix: String) async throws(ObjectStoreError) -> [MultipartUpload] {
        try await reach().uploads(prefix: prefix)
    }
}
