import Crypto
import Synchronization

extension MemoryObjectStore: MultipartUploading {
    public var partSizes: ClosedRange<Int> { (256 << 10)...(5 << 30) }

    public func beginUpload(
        at key: ObjectKey, _ attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> MultipartUpload {
        let upload = MultipartUpload(
            key: key, id: Identifier<MultipartUpload>.random().text, begun: clock.now())
        arrivals.withLock { $0[upload.id] = Arrivals(upload: upload, attributes: attributes) }
        return upload
    }

    public func uploadPart(
        _ number: Int, _ bytes: [UInt8], of upload: MultipartUpload
    ) async throws(ObjectStoreError) -> UploadedPart {
        try checkPart(number, size: bytes.count)
        let part = UploadedPart(number: number, size: bytes.count, etag: Checksum.hex(SHA256.hash(data: bytes)))
        let isUnderway = arrivals.withLock { arrivals in
            arrivals[upload.id]?.parts[number] = (part, bytes)
            return arrivals[upload.id] != nil
        }
        guard isUnderway else { throw .noUpload(upload) }
        return part
    }

    public func parts(of upload: MultipartUpload) async throws(ObjectStoreError) -> [UploadedPart] {
        guard let arrived = arrivals.withLock({ $0[upload.id] }) else { throw .noUpload(upload) }
        return arrived.parts.values.map(\.part).sorted { $0.number < $1.number }
    }

    public func complete(
        _ upload: MultipartUpload, _ parts: [UploadedPart]
    ) async throws(ObjectStoreError) -> ObjectInfo {
        let mark = try upload.mark(parts)
        guard let arrived = arrivals.withLock({ $0[upload.id] }) else {
            guard let done = entries.withLock({ $0[upload.key] }), done.mark == mark else { throw .noUpload(upload) }
            return done.info
        }
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            guard let found = arrived.parts[part.number], found.part.etag == part.etag else {
                throw .noPart(of: upload)
            }
            guard index == parts.count - 1 || found.part.size >= partSizes.lowerBound else {
                throw .smallPart(of: upload, least: partSizes.lowerBound)
            }
            bytes += found.bytes
        }
        let info = ObjectInfo(
            key: upload.key, size: bytes.count, etag: Checksum.hex(SHA256.hash(data: bytes)), modified: clock.now(),
            attributes: arrived.attributes)
        // The first to take the upload away makes the object; another who completes it gets the same answer.
        return try arrivals.withLock { arrivals throws(ObjectStoreError) in
            let isFirst = arrivals.removeValue(forKey: upload.id) != nil
            let entry = entries.withLock { entries in
                if isFirst { entries[upload.key] = Entry(info: info, bytes: bytes, mark: mark) }
                return entries[upload.key]
            }
            guard let entry, entry.mark == mark else { throw .noUpload(upload) }
            return entry.info
        }
    }

    public func abort(_ upload: MultipartUpload) async throws(ObjectStoreError) {
        arrivals.withLock { $0[upload.id] = nil }
    }

    public func uploads(prefix: String) async throws(ObjectStoreError) -> [MultipartUpload] {
        arrivals.withLock { $0.values.map(\.upload) }
            .filter { $0.key.text.utf8.starts(with: prefix.utf8) }
            .sorted { ($0.key, $0.id) < ($1.key, $1.id) }
    }
}
