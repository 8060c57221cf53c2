import Storage

extension S3ObjectStore: PresignedPartIssuer {
    public func presign(
        _ access: PresignedAccess, to key: ObjectKey, expiresIn duration: Duration
    ) async throws(ObjectStoreError) -> PresignedRequest {
        switch access {
        case .get(let name):
            var query: [SignableRequest.Field] = []
            if let name {
                query.append(.init("response-content-disposition", ContentDisposition.attachment(named: name)))
            }
            return try presigned("GET", key, query, [], duration)
        case .put(let size, let attributes):
            return try presignedPut(key, size, attributes, [], duration)
        case .create(let size, let attributes):
            return try presignedPut(key, size, attributes, [.init("If-None-Match", "*")], duration)
        }
    }

    private func presignedPut(
        _ key: ObjectKey, _ size: Int, _ attributes: ObjectAttributes, _ condition: [SignableRequest.Field],
        _ duration: Duration
    ) throws(ObjectStoreError) -> PresignedRequest {
        guard size >= 0, size <= configuration.singleLimit else {
            throw .refused("one put has 0 bytes to 5 GiB: upload more in parts")
        }
        let headers = ObjectHeaders(attributes).fields + [.init("Content-Length", String(size))] + condition
        return try presigned("PUT", key, [], headers, duration)
    }

    public func presign(
        part number: Int, size: Int, of upload: MultipartUpload, expiresIn duration: Duration
    ) async throws(ObjectStoreError) -> PresignedRequest {
        try checkPart(number, size: size)
        let query = [SignableRequest.Field("partNumber", String(number)), .init("uploadId", upload.id)]
        return try presigned("PUT", upload.key, query, [.init("Content-Length", String(size))], duration)
    }

    private func presigned(
        _ method: String, _ key: ObjectKey, _ query: [SignableRequest.Field], _ headers: [SignableRequest.Field],
        _ duration: Duration
    ) throws(ObjectStoreError) -> PresignedRequest {
        guard let seconds = Int(exactly: duration.components.seconds), SigV4Payload.expiry.contains(seconds) else {
            throw .refused("a signed URL lives 1 second to 7 days")
        }
        let (host, path) = configuration.endpoint.target(bucket: bucket, key: key.text)
        var request = SignableRequest(
            method: method, path: path, query: query, headers: [.init("Host", host)] + headers)
        let now = client.clock.now()
        SigV4Signer(credentials: configuration.credentials, region: configuration.region)
            .presign(&request, expires: seconds, at: now)
        let signedAt = Timestamp(milliseconds: now.milliseconds - now.milliseconds % 1000)
        return PresignedRequest(
            method: method, url: "\(configuration.endpoint.scheme)://\(host)\(path)?\(request.canonicalQuery)",
            headers: Dictionary(headers.map { ($0.name, $0.value) }) { $1 }, expires: signedAt + .seconds(seconds))
    }
}
