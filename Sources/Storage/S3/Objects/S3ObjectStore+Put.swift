import Crypto
import NIOHTTP1
import Storage

extension S3ObjectStore {
    public func put(
        _ body: ByteStream, at key: ObjectKey, _ attributes: ObjectAttributes, if condition: WriteCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        let held = try await HeldBody(body, configuration)
        let headers = ObjectHeaders.put(attributes, sha256: held.sha256, at: client.clock.now())
        switch held.bytes {
        case .memory(let bytes):
            return try await put(.bytes(bytes, sha256: held.sha256), of: held.size, at: key, headers, if: condition)
        case .disk(let file):
            guard condition == .always, held.size > configuration.partSize else {
                guard held.size <= configuration.singleLimit else {
                    throw .full("an object put under a condition has at most 5 GiB")
                }
                let stream = S3Request.Body.stream(size: held.size, sha256: held.sha256) {
                    file.stream(0..<held.size)
                }
                return try await put(stream, of: held.size, at: key, headers, if: condition)
            }
            return try await putParts(of: file, size: held.size, at: key, headers)
        }
    }

    /// One request, whose condition the server judges when the body is complete.
    func put(
        _ body: S3Request.Body, of size: Int, at key: ObjectKey, _ headers: ObjectHeaders, if condition: WriteCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        var isBare = self.condition.isBare
        while true {
            guard let conditions = ConditionStyle.header(condition, bare: isBare) else { throw .conditionFailed(key) }
            var request = S3Request("PUT", key)
            request.headers = headers.fields + conditions
            request.body = body
            do throws(S3Failure) {
                let answer = try await client.exchange(request)
                if isBare { self.condition.rememberBare() }
                guard let etag = answer.headers.first(name: "ETag").map(\.unquoted), !etag.isEmpty else {
                    throw S3Failure(.unreadable("no ETag"))
                }
                return info(key, size, etag, headers)
            } catch {
                guard condition != .always, [404, 409, 412].contains(error.status), error.code != "NoSuchBucket" else {
                    throw error.error(key, bucket: bucket)
                }
                let present = try await presence(of: key)
                // The answer to an earlier attempt was lost, and it was that one that won.
                if error.mayHaveTakenEffect, let present, let mark = headers.put, present.headers.put == mark {
                    return present.info
                }
                if case .matches(let etag) = condition, !isBare, present?.info.etag == etag {
                    isBare = true
                    continue
                }
                throw .conditionFailed(key)
            }
        }
    }

    func info(_ key: ObjectKey, _ size: Int, _ etag: String, _ headers: ObjectHeaders) -> ObjectInfo {
        ObjectInfo(
            key: key, size: size, etag: etag, modified: headers.modified ?? client.clock.now(),
            attributes: headers.attributes)
    }

    func presence(of key: ObjectKey) async throws(ObjectStoreError) -> StoredObject? {
        do throws(ObjectStoreError) {
            return try await headers(of: key)
        } catch .notFound {
            return nil
        }
    }

    /// Parts beside each other, each read from the file when its turn comes; nothing is left if one fails for good.
    private func putParts(
        of file: SpoolFile, size: Int, at key: ObjectKey, _ headers: ObjectHeaders
    ) async throws(ObjectStoreError) -> ObjectInfo {
        let length = partLength(for: size)
        let upload = try await begin(key, headers)
        do {
            let parts = try await inOrder((0..<((size + length - 1) / length)), width: configuration.parallelParts) {
                index throws(ObjectStoreError) in
                let bytes = try await blocking { () throws(ObjectStoreError) in
                    try file.read(at: index * length, count: min(length, size - index * length))
                }
                return try await uploadPart(index + 1, bytes, of: upload)
            }
            let etag = try await finish(upload, parts)
            return info(key, size, etag, headers)
        } catch {
            // Also when this task is cancelled: what was begun must be undone.
            await Task { try? await abort(upload) }.value
            throw error
        }
    }

    /// At least the configured one; a whole number of MiB with which 10,000 parts suffice.
    func partLength(for size: Int) -> Int {
        let least = (size + 9999) / 10_000
        let megabytes = (least + (1 << 20) - 1) >> 20
        return max(max(configuration.partSize, partSizes.lowerBound), megabytes << 20)
    }
}

/// A body read to its end: in memory, or on the disk when it is longer than memory is meant for.
private struct HeldBody {
    enum Bytes {
        case memory([UInt8])
        case disk(SpoolFile)
    }

    let bytes: Bytes
    let size: Int
    let sha256: String

    init(_ body: ByteStream, _ configuration: S3Configuration) async throws(ObjectStoreError) {
        var (held, hash, size) = ([UInt8](), SHA256(), 0)
        var file: SpoolFile?
        let chunks = body.makeAsyncIterator()
        while let chunk = try await Self.next(of: chunks) {
            size += chunk.count
            hash.update(data: chunk)
            if file == nil, held.count + chunk.count > configuration.memoryLimit {
                let first = held
                held = []
                file = try await blocking { () throws(ObjectStoreError) in
                    let file = try SpoolFile(folder: configuration.spoolFolder)
                    try file.append(first)
                    return file
                }
            }
            if let file {
                try await blocking { () throws(ObjectStoreError) in try file.append(chunk) }
            } else {
                held += chunk
            }
        }
        bytes = file.map { .disk($0) } ?? .memory(held)
        (self.size, sha256) = (size, Checksum.hex(hash.finalize()))
    }

    /// An error of the body may be an ``ObjectStoreError`` of another store: it must not pass for one of this store.
    private static func next(of chunks: ByteStream.AsyncIterator) async throws(ObjectStoreError) -> [UInt8]? {
        do {
            return try await chunks.next()
        } catch {
            throw .bodyFailed(error)
        }
    }
}

extension SpoolFile {
    /// 256 KiB at a time.
    func stream(_ range: Range<Int>) -> ByteStream {
        ByteStream {
            let place = Place(range)
            return {
                guard let next = await place.next() else { return nil }
                return try await blocking { () throws(ObjectStoreError) in
                    try self.read(at: next.lowerBound, count: next.count)
                }
            }
        }
    }

    private actor Place {
        private var rest: Range<Int>

        init(_ range: Range<Int>) {
            rest = range
        }

        func next() -> Range<Int>? {
            guard !rest.isEmpty else { return nil }
            let next = rest.prefix(256 << 10)
            rest = next.endIndex..<rest.upperBound
            return next.startIndex..<next.endIndex
        }
    }
}

/// `work` for each element, up to `width` at once; the results in the elements' order. The first failure ends it all.
func inOrder<Element: Sendable, Value: Sendable>(
    _ elements: some Sequence<Element> & Sendable, width: Int,
    _ work: @escaping @Sendable (Element) async throws(ObjectStoreError) -> Value
) async throws(ObjectStoreError) -> [Value] {
    do {
        return try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            var results: [Int: Value] = [:]
            for (index, element) in elements.enumerated() {
                if index >= max(1, width), let (done, value) = try await group.next() { results[done] = value }
                group.addTask { (index, try await work(element)) }
            }
            while let (done, value) = try await group.next() { results[done] = value }
            return results.sorted { $0.key < $1.key }.map(\.value)
        }
    } catch let error as ObjectStoreError {
        throw error
    } catch {
        throw .unavailable(S3Client.words(error))
    }
}
