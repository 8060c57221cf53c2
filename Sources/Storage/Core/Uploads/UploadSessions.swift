/// Uploads that go straight into the store, step by step, each step kept in a row.
///
/// Reserve, open, let the client send, confirm. A step that fails or is cut off can be made again, by this process or
/// another; one that is never made again ends by ``sweep(limit:)``. Two who confirm at once get the same answer, and
/// ``UploadPolicy/committed(_:in:)`` runs once. The links create only, so what was judged is what is kept; one that is
/// still good when its upload has ended can leave an object without a row: let a ``LifecycleRule`` of a day remove it.
public struct UploadSessions: Sendable {
    /// First bytes that ``UploadPolicy/judge(_:of:)`` is shown.
    public static let headLength = 4096
    /// Links given out at once.
    public static let mostLinks = 100

    let database: any Database
    let store: any PresignedPartIssuer
    let policy: any UploadPolicy
    let clock: any WallClock
    private let linkLife: Duration
    private let partSize: Int

    /// - Parameters:
    ///   - linkLife: of each link, if the upload lasts so long.
    ///   - partSize: bytes wished for; more where the store, or a very long file, asks for more.
    public init(
        database: any Database, store: any PresignedPartIssuer, policy: any UploadPolicy,
        clock: any WallClock = SystemClock(), linkLife: Duration = .seconds(900), partSize: Int = 16 << 20
    ) {
        (self.database, self.store, self.policy, self.clock) = (database, store, policy, clock)
        (self.linkLife, self.partSize) = (linkLife, partSize)
    }

    /// Writes the row, in the transaction that holds quota for it.
    ///
    /// - Throws: ``UploadError/unsuitable(_:)``, ``DatabaseError``.
    public func reserve(_ request: UploadRequest, in session: any WriteSession) throws -> UploadSession {
        guard request.size > 0 else { throw UploadError.unsuitable("it has no bytes") }
        // What a store takes as one part, it takes as one put.
        guard request.inParts || request.size <= store.partSizes.upperBound else {
            throw UploadError.unsuitable("one put has at most \(store.partSizes.upperBound) bytes: send it in parts")
        }
        let now = clock.now()
        let upload = UploadSession(
            id: request.id, owner: request.owner, key: request.key, size: request.size,
            attributes: request.attributes, hold: request.hold, detail: request.detail,
            partSize: request.inParts ? try suitablePart(for: request.size) : nil, createdAt: now,
            expires: now + request.life, state: .reserved)
        try insert(upload, in: session)
        return upload
    }

    /// Makes the store ready, and gives the client its links.
    ///
    /// - Throws: ``UploadError``, ``ObjectStoreError``, ``DatabaseError``.
    public func open(_ id: UploadID, of owner: AccountID) async throws -> OpenUpload {
        var upload = try await find(id, of: owner)
        if upload.state == .reserved {
            upload = upload.partSize == nil ? try await advance(upload, .opened) : try await openParts(of: upload)
        }
        return try await links(to: upload, parts: nil)
    }

    /// Where the upload stands, and links to what is missing.
    ///
    /// - Parameter parts: for which of them; the first ``mostLinks`` missing ones unless given.
    public func resume(
        _ id: UploadID, of owner: AccountID, parts: ClosedRange<Int>? = nil
    ) async throws -> OpenUpload {
        try await links(to: find(id, of: owner), parts: parts)
    }

    public func find(_ id: UploadID, of owner: AccountID) async throws -> UploadSession {
        guard let upload = try await database.read({ try find(id, in: $0) }), upload.owner == owner else {
            throw UploadError.notFound
        }
        return upload
    }

    /// Equal parts but for the last, as R2 wants them, and no more than there may be.
    private func suitablePart(for size: Int) throws(UploadError) -> Int {
        let least = max(partSize, store.partSizes.lowerBound, (size - 1) / UploadedPart.numbers.upperBound + 1)
        guard least <= store.partSizes.upperBound else { throw .unsuitable("it is too long for the store") }
        return least
    }

    private func openParts(of upload: UploadSession) async throws -> UploadSession {
        // One that was begun and then not written down, as by a crash, is taken up.
        let begun = try await store.uploads(prefix: upload.key.text).first { $0.key == upload.key }
        let multipart =
            if let begun { begun } else { try await store.beginUpload(at: upload.key, upload.attributes) }
        let opened = try await advance(upload, .opened, multipart: multipart.id)
        if opened.multipart != multipart.id { try await store.abort(multipart) }
        return opened
    }

    private func links(to upload: UploadSession, parts: ClosedRange<Int>?) async throws -> OpenUpload {
        guard upload.state == .uploading else { return OpenUpload(session: upload, arrived: [], links: [:]) }
        let life = min(linkLife, upload.expires - clock.now())
        guard life >= .seconds(1) else { throw UploadError.expired }
        guard let multipart = upload.multipartUpload, let count = upload.partCount else {
            let link = try await store.presign(
                .create(size: upload.size, upload.attributes), to: upload.key, expiresIn: life)
            return OpenUpload(session: upload, arrived: [], links: [1: link])
        }
        let arrived: [UploadedPart]
        do throws(ObjectStoreError) {
            arrived = try await store.parts(of: multipart)
        } catch {
            guard case .refused = error else { throw error }
            // The store has ended it: one who confirms was faster, or was cut off. To confirm tells.
            let now = try await find(upload.id, of: upload.owner)
            return OpenUpload(session: now, arrived: [], links: [:])
        }
        let known = Set(arrived.filter { $0.size == upload.bytes(ofPart: $0.number) }.map(\.number))
        let wanted = parts?.clamped(to: 1...count) ?? 1...count
        var links: [Int: PresignedRequest] = [:]
        for number in wanted where !known.contains(number) && links.count < Self.mostLinks {
            links[number] = try await store.presign(
                part: number, size: upload.bytes(ofPart: number), of: multipart, expiresIn: life)
        }
        return OpenUpload(session: upload, arrived: known.sorted(), links: links)
    }

    /// Makes one step, unless somebody else was faster: then the upload comes back as it is now.
    func advance(
        _ upload: UploadSession, _ event: UploadEvent, multipart: String? = nil
    ) async throws -> UploadSession {
        let now = clock.now()
        return try await database.write { session in
            guard var current = try find(upload.id, in: session) else { throw UploadError.notFound }
            guard current.state == upload.state else { return current }
            current.state = try current.state.applying(event)
            if let multipart { current.multipart = multipart }
            try update(current, at: now, in: session)
            switch current.state {
            case .committed: try policy.committed(current, in: session)
            case .rejected, .expired: try policy.ended(current, in: session)
            case .reserved, .uploading, .uploaded, .verified: break
            }
            return current
        }
    }
}

/// What a client needs to send.
public struct OpenUpload: Sendable {
    public let session: UploadSession
    /// Numbers of the parts that are there.
    public let arrived: [Int]
    /// By number of the part; one put is part 1. Empty once nothing is to be sent.
    public let links: [Int: PresignedRequest]
}
