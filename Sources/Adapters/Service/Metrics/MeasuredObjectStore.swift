import Storage

/// A store whose operations are timed. It can do what the store can that it stands for.
struct MeasuredObjectStore<Store: ObjectStore>: ObjectStore {
    let store: Store
    let metrics: MetricRegistry

    func put(
        _ body: ByteStream, at key: ObjectKey, _ attributes: ObjectAttributes, if condition: WriteCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        let info = try await measured("put") { () async throws(ObjectStoreError) in
            try await store.put(body, at: key, attributes, if: condition)
        }
        metrics.add(Double(info.size), to: .storageBytes, "in")
        return info
    }

    func get(_ key: ObjectKey, range: ByteRange?) async throws(ObjectStoreError) -> ObjectBody {
        let body = try await measured("get") { () async throws(ObjectStoreError) in
            try await store.get(key, range: range)
        }
        metrics.add(Double(body.range.count), to: .storageBytes, "out")
        return body
    }

    func head(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo {
        try await measured("head") { () async throws(ObjectStoreError) in try await store.head(key) }
    }

    func delete(_ key: ObjectKey) async throws(ObjectStoreError) {
        try await measured("delete") { () async throws(ObjectStoreError) in try await store.delete(key) }
    }

    func list(prefix: String, after last: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        try await measured("list") { () async throws(ObjectStoreError) in
            try await store.list(prefix: prefix, after: last, limit: limit)
        }
    }

    func listKeys(prefix: String, after last: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> [ObjectKey] {
        try await measured("list") { () async throws(ObjectStoreError) in
            try await store.listKeys(prefix: prefix, after: last, limit: limit)
        }
    }

    func listLevel(
        prefix: String, delimiter: String, after last: String?, limit: Int
    ) async throws(ObjectStoreError) -> ObjectLevel {
        try await measured("list") { () async throws(ObjectStoreError) in
            try await store.listLevel(prefix: prefix, delimiter: delimiter, after: last, limit: limit)
        }
    }

    func copy(
        _ source: ObjectKey, to target: ObjectKey, if condition: WriteCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await measured("copy") { () async throws(ObjectStoreError) in
            try await store.copy(source, to: target, if: condition)
        }
    }

    func copy(_ source: ObjectInfo, sha256: String, to target: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo {
        try await measured("copy") { () async throws(ObjectStoreError) in
            try await store.copy(source, sha256: sha256, to: target)
        }
    }

    fileprivate func measured<Value>(
        _ operation: String, _ work: () async throws(ObjectStoreError) -> Value
    ) async throws(ObjectStoreError) -> Value {
        let started = ContinuousClock.now
        func note(_ outcome: String) {
            metrics.observe(started.duration(to: .now), in: .storageOperations, operation, outcome)
        }
        do {
            let value = try await work()
            note("ok")
            return value
        } catch {
            note(error.outcome)
            throw error
        }
    }
}

extension MeasuredObjectStore: MultipartUploading where Store: MultipartUploading {
    var partSizes: ClosedRange<Int> { store.partSizes }

    func beginUpload(
        at key: ObjectKey, _ attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> MultipartUpload {
        try await measured("begin_upload") { () async throws(ObjectStoreError) in
            try await store.beginUpload(at: key, attributes)
        }
    }

    func uploadPart(
        _ number: Int, _ bytes: [UInt8], of upload: MultipartUpload
    ) async throws(ObjectStoreError) -> UploadedPart {
        let part = try await measured("upload_part") { () async throws(ObjectStoreError) in
            try await store.uploadPart(number, bytes, of: upload)
        }
        metrics.add(Double(part.size), to: .storageBytes, "in")
        return part
    }

    func uploadPart(
        _ number: Int, _ body: ByteStream, of upload: MultipartUpload
    ) async throws(ObjectStoreError) -> UploadedPart {
        let part = try await measured("upload_part") { () async throws(ObjectStoreError) in
            try await store.uploadPart(number, body, of: upload)
        }
        metrics.add(Double(part.size), to: .storageBytes, "in")
        return part
    }

    func parts(of upload: MultipartUpload) async throws(ObjectStoreError) -> [UploadedPart] {
        try await measured("list") { () async throws(ObjectStoreError) in try await store.parts(of: upload) }
    }

    func complete(
        _ upload: MultipartUpload, _ parts: [UploadedPart]
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await measured("complete_upload") { () async throws(ObjectStoreError) in
            try await store.complete(upload, parts)
        }
    }

    func abort(_ upload: MultipartUpload) async throws(ObjectStoreError) {
        try await measured("abort_upload") { () async throws(ObjectStoreError) in try await store.abort(upload) }
    }

    func uploads(prefix: String) async throws(ObjectStoreError) -> [MultipartUpload] {
        try await measured("list") { () async throws(ObjectStoreError) in try await store.uploads(prefix: prefix) }
    }
}

// A signature is reckoned here and asks nobody: there is nothing to time.
extension MeasuredObjectStore: PresignedURLIssuer where Store: PresignedURLIssuer {
    func presign(
        _ access: PresignedAccess, to key: ObjectKey, expiresIn duration: Duration
    ) async throws(ObjectStoreError) -> PresignedRequest {
        try await store.presign(access, to: key, expiresIn: duration)
    }
}

extension MeasuredObjectStore: PresignedPartIssuer where Store: PresignedPartIssuer {
    func presign(
        part number: Int, size: Int, of upload: MultipartUpload, expiresIn duration: Duration
    ) async throws(ObjectStoreError) -> PresignedRequest {
        try await store.presign(part: number, size: size, of: upload, expiresIn: duration)
    }
}

extension ObjectStore {
    /// This store, timed; with all its abilities.
    func measured(by metrics: MetricRegistry) -> any ObjectStore { MeasuredObjectStore(store: self, metrics: metrics) }
}

extension ObjectStoreError {
    fileprivate var outcome: String {
        switch self {
        case .notFound: "not_found"
        case .conditionFailed: "condition_failed"
        case .invalidKey, .rangeNotSatisfiable, .refused: "refused"
        case .corrupted: "corrupted"
        case .full: "full"
        case .unavailable: "unavailable"
        case .bodyFailed: "body_failed"
        }
    }
}
