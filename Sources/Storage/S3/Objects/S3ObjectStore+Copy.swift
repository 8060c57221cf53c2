import Storage

extension S3ObjectStore {
    public func copy(
        _ source: ObjectKey, to target: ObjectKey, if condition: WriteCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        // The source may be replaced between the look at it and its copy: then it is looked at again.
        for _ in 1...Self.looks {
            let object = try await headers(of: source)
            let headers = ObjectHeaders.put(
                object.info.attributes, sha256: object.headers.sha256, at: client.clock.now())
            let copy: ObjectInfo?
            if condition != .always {
                copy = try await copyThrough(source, object, to: target, headers, if: condition)
            } else {
                copy = try await copyAtServer(source, object, to: target, headers)
            }
            if let copy { return copy }
        }
        throw .unavailable("the source of the copy is replaced all the time")
    }

    private static let looks = 5

    public func copy(
        _ source: ObjectInfo, sha256: String, to target: ObjectKey
    ) async throws(ObjectStoreError) -> ObjectInfo {
        let object = try await headers(of: source.key)
        guard object.info.etag == source.etag else { throw .conditionFailed(source.key) }
        guard object.headers.sha256 ?? sha256 == sha256 else { throw .corrupted(source.key) }
        let headers = ObjectHeaders.put(object.info.attributes, sha256: sha256, at: client.clock.now())
        guard let copy = try await copyAtServer(source.key, object, to: target, headers) else {
            throw .conditionFailed(source.key)
        }
        return copy
    }

    /// - Returns: nil when the source is another by now.
    private func copyAtServer(
        _ source: ObjectKey, _ object: StoredObject, to target: ObjectKey, _ headers: ObjectHeaders
    ) async throws(ObjectStoreError) -> ObjectInfo? {
        object.info.size <= configuration.singleLimit
            ? try await copyWhole(source, object, to: target, headers)
            : try await copyParts(source, object, to: target, headers)
    }

    /// - Returns: nil when the source is another by now.
    private func copyWhole(
        _ source: ObjectKey, _ object: StoredObject, to target: ObjectKey, _ headers: ObjectHeaders
    ) async throws(ObjectStoreError) -> ObjectInfo? {
        var request = S3Request("PUT", target)
        request.headers = headers.fields + copySource(source, object) + [.init("x-amz-metadata-directive", "REPLACE")]
        do throws(S3Failure) {
            let answer = try await client.exchange(request)
            let result = try S3Answer(answer.body, root: "CopyObjectResult")
            return info(target, object.info.size, try result.text("ETag").unquoted, headers)
        } catch  where error.status == 412 {
            return nil
        } catch {
            throw error.error(source, bucket: bucket)
        }
    }

    /// What is too long for one copy, by ranges.
    private func copyParts(
        _ source: ObjectKey, _ object: StoredObject, to target: ObjectKey, _ headers: ObjectHeaders
    ) async throws(ObjectStoreError) -> ObjectInfo? {
        let size = object.info.size
        let length = max(partLength(for: size), configuration.singleLimit / 16)
        let upload = try await begin(target, headers)
        do throws(ObjectStoreError) {
            let parts = try await inOrder(0..<((size + length - 1) / length), width: configuration.parallelParts) {
                index throws(ObjectStoreError) in
                let range = (index * length)..<min(size, (index + 1) * length)
                return try await copyPart(index + 1, range, source, object, of: upload)
            }
            let etag = try await finish(upload, parts)
            return info(target, size, etag, headers)
        } catch {
            await Task { try? await abort(upload) }.value
            if case .conditionFailed(source) = error { return nil }
            throw error
        }
    }

    private func copyPart(
        _ number: Int, _ range: Range<Int>, _ source: ObjectKey, _ object: StoredObject, of upload: MultipartUpload
    ) async throws(ObjectStoreError) -> UploadedPart {
        var request = S3Request("PUT", upload.key, query: [("partNumber", String(number)), ("uploadId", upload.id)])
        request.headers =
            copySource(source, object)
            + [.init("x-amz-copy-source-range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")]
        do throws(S3Failure) {
            let result = try S3Answer(try await client.exchange(request).body, root: "CopyPartResult")
            return UploadedPart(number: number, size: range.count, etag: try result.text("ETag").unquoted)
        } catch {
            throw error.error(source, bucket: bucket)
        }
    }

    private func copySource(_ source: ObjectKey, _ object: StoredObject) -> [SignableRequest.Field] {
        [
            .init("x-amz-copy-source", "/\(bucket)/" + PercentEncoding.encode(source.text, keepingSlash: true)),
            .init("x-amz-copy-source-if-match", "\"\(object.info.etag)\""),
        ]
    }

    /// Read and put again, as it comes: no server judges conditions on copies.
    private func copyThrough(
        _ source: ObjectKey, _ object: StoredObject, to target: ObjectKey, _ headers: ObjectHeaders,
        if condition: WriteCondition
    ) async throws(ObjectStoreError) -> ObjectInfo? {
        let size = object.info.size
        guard size <= configuration.singleLimit else { throw .full("a conditional copy has at most 5 GiB") }
        let store = self
        let etag = object.info.etag
        let body = S3Request.Body.chunked(size: size) {
            // Each attempt reads the source anew.
            ByteStream {
                let reading = FirstUse { () async throws -> ByteStream.AsyncIterator in
                    let body = try await store.get(source)
                    guard body.info.etag == etag else { throw ObjectStoreError.conditionFailed(source) }
                    return body.stream.makeAsyncIterator()
                }
                return { try await reading.value().next() }
            }
        }
        do throws(ObjectStoreError) {
            return try await put(body, of: size, at: target, headers, if: condition)
        } catch .unavailable(let reason) {
            // The source may be the reason that the body broke off.
            let present = try await presence(of: source)
            guard let present else { throw .notFound(source) }
            if present.info.etag != etag { return nil }
            throw .unavailable(reason)
        }
    }
}

/// Made when it is first asked for.
private actor FirstUse<Value: Sendable> {
    private let make: @Sendable () async throws -> Value
    private var made: Value?

    init(_ make: @escaping @Sendable () async throws -> Value) {
        self.make = make
    }

    func value() async throws -> Value {
        if let made { return made }
        let value = try await make()
        made = value
        return value
    }
}
