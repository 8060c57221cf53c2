import Foundation

/// An upload is a folder: `begun` with the object's key and attributes, and a file for each part, both with a trailer
/// as objects have. It lives as long as `begun` is there, and every change of that is made by the holder of the lock.
///
/// Completing reads and writes the object once more: O(size) time, O(1) memory.
extension LocalObjectStore: MultipartUploading {
    public var partSizes: ClosedRange<Int> { (256 << 10)...(5 << 30) }

    public func beginUpload(
        at key: ObjectKey, _ attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> MultipartUpload {
        let id = Identifier<MultipartUpload>.random()
        let upload = MultipartUpload(key: key, id: id.text, begun: clock.now())
        let staged = try await stage(ByteStream([]))
        return try await blocking { () throws(ObjectStoreError) in
            _ = try staged.finish(key: key, modified: upload.begun, attributes)
            try locked { () throws(ObjectStoreError) in try place(staged.path, at: "\(arrivals)/\(id)/begun") }
            return upload
        }
    }

    public func uploadPart(
        _ number: Int, _ bytes: [UInt8], of upload: MultipartUpload
    ) async throws(ObjectStoreError) -> UploadedPart {
        try await uploadPart(number, ByteStream(bytes), of: upload)
    }

    public func uploadPart(
        _ number: Int, _ body: ByteStream, of upload: MultipartUpload
    ) async throws(ObjectStoreError) -> UploadedPart {
        try checkPart(number)
        let folder = try folder(of: upload)
        // Before the body is taken in for nothing.
        try await blocking { () throws(ObjectStoreError) in _ = try begun(upload) }
        let staged = try await stage(body)
        let now = clock.now()
        return try await blocking { () throws(ObjectStoreError) in
            let trailer = try staged.finish(key: upload.key, modified: now, ObjectAttributes())
            try locked { () throws(ObjectStoreError) in
                _ = try begun(upload)
                try place(staged.path, at: "\(folder)/\(number)")
            }
            return UploadedPart(number: number, size: trailer.size, etag: trailer.sha256)
        }
    }

    public func parts(of upload: MultipartUpload) async throws(ObjectStoreError) -> [UploadedPart] {
        let folder = try folder(of: upload)
        return try await blocking { () throws(ObjectStoreError) in
            _ = try begun(upload)
            let numbers = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).compactMap { Int($0) }
            var parts: [UploadedPart] = []
            for number in numbers.sorted() {
                let info = try part(number, of: upload).info
                parts.append(UploadedPart(number: number, size: info.size, etag: info.etag))
            }
            // Or some may be missing only because it ended meanwhile.
            _ = try begun(upload)
            return parts
        }
    }

    public func complete(
        _ upload: MultipartUpload, _ parts: [UploadedPart]
    ) async throws(ObjectStoreError) -> ObjectInfo {
        let mark = try upload.mark(parts)
        let info: ObjectInfo
        do throws(ObjectStoreError) {
            info = try await assemble(upload, parts, mark)
        } catch {
            // Its parts are gone when somebody else completed it meanwhile.
            guard case .refused = error, let done = try await doneBefore(upload, mark) else { throw error }
            return done
        }
        try await abort(upload)
        return info
    }

    private func doneBefore(
        _ upload: MultipartUpload, _ mark: String
    ) async throws(ObjectStoreError) -> ObjectInfo? {
        try await blocking { () throws(ObjectStoreError) in try completed(upload, mark) }
    }

    private func assemble(
        _ upload: MultipartUpload, _ parts: [UploadedPart], _ mark: String
    ) async throws(ObjectStoreError) -> ObjectInfo {
        if let done = try await doneBefore(upload, mark) { return done }
        let attributes = try await blocking { () throws(ObjectStoreError) in
            let attributes = try begun(upload).info.attributes
            for (index, part) in parts.enumerated() {
                guard try self.part(part.number, of: upload).info.etag == part.etag else { throw .noPart(of: upload) }
                guard index == parts.count - 1 || part.size >= partSizes.lowerBound else {
                    throw .smallPart(of: upload, least: partSizes.lowerBound)
                }
            }
            return attributes
        }
        let staged = try await stage(together: parts, of: upload)
        let now = clock.now()
        return try await blocking { () throws(ObjectStoreError) in
            let trailer = try staged.finish(key: upload.key, modified: now, attributes, mark: mark)
            return try locked { () throws(ObjectStoreError) in
                // Somebody else may have ended it meanwhile.
                if let done = try completed(upload, mark) { return done }
                _ = try begun(upload)
                try place(staged.path, at: path(of: upload.key))
                return trailer.info(for: upload.key)
            }
        }
    }

    public func abort(_ upload: MultipartUpload) async throws(ObjectStoreError) {
        guard let folder = try? folder(of: upload) else { return }
        try await blocking { () throws(ObjectStoreError) in
            let wasThere = try locked { () throws(ObjectStoreError) in
                guard unlink("\(folder)/begun") != 0 else {
                    try synchronizeFolder(folder)
                    return true
                }
                guard errno == ENOENT || errno == ENOTDIR else { throw .system("unlink") }
                return false
            }
            // What is not removed here is removed at the next start.
            if wasThere { try? FileManager.default.removeItem(atPath: folder) }
        }
    }

    public func uploads(prefix: String) async throws(ObjectStoreError) -> [MultipartUpload] {
        await blocking {
            folders.compactMap { id, folder in
                guard let begun = trailer(of: folder), begun.key.utf8.starts(with: prefix.utf8),
                    let key = try? ObjectKey(begun.key)
                else { return nil }
                return MultipartUpload(key: key, id: id.text, begun: begun.modified)
            }.sorted { ($0.key, $0.id) < ($1.key, $1.id) }
        }
    }

    /// What a crash left of uploads that have ended.
    func removeEndedUploads() throws(ObjectStoreError) {
        guard !folders.isEmpty else { return }
        try locked {
            for (_, folder) in folders where hasEnded(folder) {
                try? FileManager.default.removeItem(atPath: folder)
            }
        }
    }

    /// Only a file that is not there says so: where it cannot be read just now, the parts stay.
    private func hasEnded(_ folder: String) -> Bool {
        var status = stat()
        return lstat("\(folder)/begun", &status) != 0 && errno == ENOENT
    }

    private var folders: [(id: Identifier<MultipartUpload>, path: String)] {
        ((try? FileManager.default.contentsOfDirectory(atPath: arrivals)) ?? []).compactMap { name in
            Identifier(name).map { ($0, "\(arrivals)/\($0)") }
        }
    }

    /// Nil for an upload that has ended, or cannot be read.
    private func trailer(of folder: String) -> LocalObjectTrailer? {
        guard let file = try? FileHandleOwner(reading: "\(folder)/begun") else { return nil }
        return try? LocalObjectTrailer.read(from: file)
    }

    /// An identifier is hexadecimal: nothing from outside becomes part of a path.
    private func folder(of upload: MultipartUpload) throws(ObjectStoreError) -> String {
        guard let id = Identifier<MultipartUpload>(upload.id) else { throw .noUpload(upload) }
        return "\(arrivals)/\(id)"
    }

    private func begun(_ upload: MultipartUpload) throws(ObjectStoreError) -> LocalObjectReader {
        let folder = try folder(of: upload)
        do throws(ObjectStoreError) {
            return try LocalObjectReader(key: upload.key, path: "\(folder)/begun")
        } catch .notFound {
            throw .noUpload(upload)
        }
    }

    private func part(_ number: Int, of upload: MultipartUpload) throws(ObjectStoreError) -> LocalObjectReader {
        let folder = try folder(of: upload)
        do throws(ObjectStoreError) {
            return try LocalObjectReader(key: upload.key, path: "\(folder)/\(number)")
        } catch .notFound {
            throw .noPart(of: upload)
        }
    }

    /// The object that these parts made before.
    private func completed(_ upload: MultipartUpload, _ mark: String) throws(ObjectStoreError) -> ObjectInfo? {
        do throws(ObjectStoreError) {
            let reader = try LocalObjectReader(key: upload.key, path: path(of: upload.key))
            return reader.mark == mark ? reader.info : nil
        } catch .notFound {
            return nil
        }
    }

    /// One part is open at a time, and checked against its SHA-256 as it is read.
    private func stage(
        together parts: [UploadedPart], of upload: MultipartUpload
    ) async throws(ObjectStoreError) -> StagedFile {
        let bytes = ByteStream {
            let cursor = PartCursor(parts) { part in
                try await blocking { () throws(ObjectStoreError) in
                    let reader = try self.part(part.number, of: upload)
                    guard reader.info.etag == part.etag else { throw .noPart(of: upload) }
                    return reader.stream(0..<reader.info.size)
                }
            }
            return { try await cursor.next() }
        }
        do {
            return try await stage(bytes)
        } catch .bodyFailed(let error as ObjectStoreError) {
            throw error
        }
    }
}

/// Reads one part after the other.
private actor PartCursor {
    private var rest: ArraySlice<UploadedPart>
    private var current: ByteStream.AsyncIterator?
    private let open: @Sendable (UploadedPart) async throws -> ByteStream

    init(_ parts: [UploadedPart], open: @escaping @Sendable (UploadedPart) async throws -> ByteStream) {
        (rest, self.open) = (parts[...], open)
    }

    func next() async throws -> [UInt8]? {
        while true {
            if let chunk = try await current?.next() { return chunk }
            guard let part = rest.popFirst() else { return nil }
            current = try await open(part).makeAsyncIterator()
        }
    }
}
