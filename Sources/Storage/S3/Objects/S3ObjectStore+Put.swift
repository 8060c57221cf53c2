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

    /// At least the configured one; a whole number of MiB with which as many parts suffice as there may be.
    func partLength(for size: Int) -> Int {
        let most = UploadedPart.numbers.upperBound
        let least = (size + most - 1) / most
        let megabytes = (least + (1 << 20) - 1) >> 20
        return max(max(configuration.partSize, partSizes.lowerBound), megabytes << 20)
    }
}
