/// A store whose objects are reached by links of this service: what a folder, or memory, lacks to be an S3.
///
/// It signs; an HTTP server that is reached at the base of the links checks each request with ``SignedLinks/check(_:at:)``
/// and reads the object, or hands the body to ``receive(_:by:)``.
public struct LinkedObjectStore: Sendable {
    public let store: any MultipartUploading
    public let links: SignedLinks
    private let clock: any WallClock

    public init(_ store: any MultipartUploading, links: SignedLinks, clock: any WallClock = SystemClock()) {
        (self.store, self.links, self.clock) = (store, links, clock)
    }

    /// What a request may do now.
    public func check(_ request: LinkRequest) throws(SignedLinkRefusal) -> SignedLink {
        try links.check(request, at: clock.now())
    }

    /// Stores what the holder of a link to put, or to send a part, sends.
    ///
    /// - Parameter body: one of another length is refused, and nothing is stored.
    /// - Returns: the entity tag.
    /// - Throws: ``ObjectStoreError/bodyFailed(_:)`` with ``SignedLinkRefusal/wrongLength(expected:)``;
    ///   ``ObjectStoreError/conditionFailed(_:)`` where an object is that must not be replaced.
    public func receive(_ body: ByteStream, by link: SignedLink) async throws(ObjectStoreError) -> String {
        switch link.access {
        case .read:
            throw .refused("the link is for reading: ask for one to put")
        case .put(let size, let attributes, let replacing):
            return try await store.put(
                body.counted(size), at: link.key, attributes, if: replacing ? .always : .absent
            ).etag
        case .part(let number, let size, let id):
            let upload = MultipartUpload(key: link.key, id: id, begun: link.issued)
            return try await store.uploadPart(number, body.counted(size), of: upload).etag
        }
    }
}

extension LinkedObjectStore: PresignedPartIssuer {
    public func presign(
        _ access: PresignedAccess, to key: ObjectKey, expiresIn duration: Duration
    ) async throws(ObjectStoreError) -> PresignedRequest {
        switch access {
        case .get(let name): try request(to: key, .read(downloadName: name), duration)
        case .put(let size, let attributes):
            try request(to: key, .put(size: size, attributes: attributes, replacing: true), duration)
        case .create(let size, let attributes):
            try request(to: key, .put(size: size, attributes: attributes, replacing: false), duration)
        }
    }

    public func presign(
        part number: Int, size: Int, of upload: MultipartUpload, expiresIn duration: Duration
    ) async throws(ObjectStoreError) -> PresignedRequest {
        try checkPart(number, size: size)
        return try request(to: upload.key, .part(number: number, size: size, upload: upload.id), duration)
    }

    private func request(
        to key: ObjectKey, _ access: SignedLink.Access, _ duration: Duration
    ) throws(ObjectStoreError) -> PresignedRequest {
        var headers: [String: String] = [:]
        if let size = access.size {
            guard size >= 0 else { throw .refused("no body has fewer than 0 bytes") }
            headers["Content-Length"] = String(size)
        }
        if let type = access.contentType {
            guard type.utf8.isPrintableASCII else {
                throw .refused("no header can carry that content type: use printable ASCII")
            }
            headers["Content-Type"] = type
        }
        if case .put(_, _, replacing: false) = access { headers["If-None-Match"] = "*" }
        let (url, expires) = try links.link(to: key, access, expiresIn: duration, at: clock.now())
        return PresignedRequest(method: access.methods[0], url: url, headers: headers, expires: expires)
    }
}

extension ByteStream {
    /// The same bytes, or ``SignedLinkRefusal/wrongLength(expected:)`` as soon as there are more or fewer.
    func counted(_ size: Int) -> ByteStream {
        let bytes = self
        return ByteStream {
            let counter = Counter(bytes.makeAsyncIterator(), size)
            return { try await counter.next() }
        }
    }

    private actor Counter {
        private let bytes: AsyncIterator
        private let size: Int
        private var count = 0

        init(_ bytes: AsyncIterator, _ size: Int) {
            (self.bytes, self.size) = (bytes, size)
        }

        func next() async throws -> [UInt8]? {
            guard let chunk = try await bytes.next() else {
                guard count == size else { throw SignedLinkRefusal.wrongLength(expected: size) }
                return nil
            }
            count += chunk.count
            guard count <= size else { throw SignedLinkRefusal.wrongLength(expected: size) }
            return chunk
        }
    }
}
