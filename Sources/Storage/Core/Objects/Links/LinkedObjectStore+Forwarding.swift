/// Everything but links is the store's own.
extension LinkedObjectStore: MultipartUploading {
    public func put(
        _ body: ByteStream, at key: ObjectKey, _ attributes: ObjectAttributes, if condition: WriteCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await store.put(body, at: key, attributes, if: condition)
    }

    public func get(_ key: ObjectKey, range: ByteRange?) async throws(ObjectStoreError) -> ObjectBody {
        try await store.get(key, range: range)
    }

    public func head(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo {
        try await store.head(key)
    }

    public func delete(_ key: ObjectKey) async throws(ObjectStoreError) {
        try await store.delete(key)
    }

    public func list(prefix: String, after last: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        try await store.list(prefix: prefix, after: last, limit: limit)
    }

    public func listKeys(
        prefix: String, after last: ObjectKey?, limit: Int
    ) async throws(ObjectStoreError) -> [ObjectKey] {
        try await store.listKeys(prefix: prefix, after: last, limit: limit)
    }

    public func listLevel(
        prefix: String, delimiter: String, after last: String?, limit: Int
    ) async throws(ObjectStoreError) -> ObjectLevel {
        try await store.listLevel(prefix: prefix, delimiter: delimiter, after: last, limit: limit)
    }

    public func copy(
        _ source: ObjectKey, to target: ObjectKey, if condition: WriteCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await store.copy(source, to: target, if: condition)
    }

    public func copy(
        _ source: ObjectInfo, sha256: String, to target: ObjectKey
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await store.copy(source, sha256: sha256, to: target)
    }

    public var partSizes: ClosedRange<Int> { store.partSizes }

    public func beginUpload(
        at key: ObjectKey, _ attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> MultipartUpload {
        try await store.beginUpload(at: key, attributes)
    }

    public func uploadPart(
        _ number: Int, _ bytes: [UInt8], of upload: MultipartUpload
    ) async throws(ObjectStoreError) -> UploadedPart {
        try await store.uploadPart(number, bytes, of: upload)
    }

    public func uploadPart(
        _ number: Int, _ body: ByteStream, of upload: MultipartUpload
    ) async throws(ObjectStoreError) -> UploadedPart {
        try await store.uploadPart(number, body, of: upload)
    }

    public func parts(of upload: MultipartUpload) async throws(ObjectStoreError) -> [UploadedPart] {
        try await store.parts(of: upload)
    }

    public func complete(
        _ upload: MultipartUpload, _ parts: [UploadedPart]
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await store.complete(upload, parts)
    }

    public func abort(_ upload: MultipartUpload) async throws(ObjectStoreError) {
        try await store.abort(upload)
    }

    public func uploads(prefix: String) async throws(ObjectStoreError) -> [MultipartUpload] {
        try await store.uploads(prefix: prefix)
    }
}
