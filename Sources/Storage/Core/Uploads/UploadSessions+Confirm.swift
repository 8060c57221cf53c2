extension UploadSessions {
    /// Looks at what has arrived, and commits it or removes it.
    ///
    /// - Returns: the committed upload; again for one that is.
    /// - Throws: ``UploadError``: after ``UploadError/incomplete(missing:)`` the client can go on sending, the others are
    ///   final; ``ObjectStoreError``, ``DatabaseError`` and what the policy throws: safe to try again.
    public func confirm(_ id: UploadID, of owner: AccountID) async throws -> UploadSession {
        var upload = try await find(id, of: owner)
        if !upload.state.isFinal, upload.expires <= clock.now() { upload = try await advance(upload, .ranOut) }
        while true {
            switch upload.state {
            case .reserved: throw UploadError.incomplete(missing: [])
            case .uploading: upload = try await advance(upload, arrival(of: upload))
            case .uploaded(let etag): upload = try await advance(upload, judgement(of: upload, etag))
            case .verified: upload = try await advance(upload, .kept)
            case .committed: return upload
            case .rejected(let fault):
                await clearNowOrLater(upload)
                throw UploadError.rejected(fault)
            case .expired:
                await clearNowOrLater(upload)
                throw UploadError.expired
            }
        }
    }

    /// Ends an upload that is not wanted any more. Again for one that has ended without success.
    ///
    /// - Throws: ``UploadError/committed``, ``UploadError/notFound``, ``DatabaseError``.
    public func cancel(_ id: UploadID, of owner: AccountID) async throws {
        var upload = try await find(id, of: owner)
        while !upload.state.isFinal { upload = try await advance(upload, .refused(.cancelled)) }
        if case .committed = upload.state { throw UploadError.committed }
        await clearNowOrLater(upload)
    }

    /// Ends all uploads of an owner, and forgets those of which nothing is left at the store.
    ///
    /// - Returns: whether none is left; if not, the sweep clears them, and this is to be called again.
    public func erase(of owner: AccountID) async throws -> Bool {
        let open = try await database.read { session in
            try session.rows("SELECT id FROM upload_sessions WHERE owner = \(owner) AND ended_at IS NULL")
                .map { try $0.get("id", as: UploadID.self) }
        }
        for id in open {
            do {
                try await cancel(id, of: owner)
            } catch UploadError.committed {
                // Confirmed in the meantime: what came of it is not an upload any more.
            }
        }
        return try await database.write { session in
            try session.execute("DELETE FROM upload_sessions WHERE owner = \(owner) AND is_cleared = 1")
            return try session.row("SELECT id FROM upload_sessions WHERE owner = \(owner) LIMIT 1") == nil
        }
    }

    private func arrival(of upload: UploadSession) async throws -> UploadEvent {
        let info: ObjectInfo
        do {
            if let multipart = upload.multipartUpload, let parts = try await parts(of: multipart, for: upload) {
                info = try await store.complete(multipart, parts)
            } else {
                info = try await store.head(upload.key)
            }
        } catch ObjectStoreError.notFound {
            // Of parts there is neither the upload nor its object any more.
            guard upload.multipart == nil else { return .refused(.lost) }
            throw UploadError.incomplete(missing: [])
        }
        guard info.size == upload.size else {
            return .refused(.wrongSize(expected: upload.size, found: info.size))
        }
        let (agreed, found) = (upload.attributes.contentType, info.attributes.contentType)
        guard found == agreed else { return .refused(.wrongType(expected: agreed, found: found)) }
        return .arrived(etag: info.etag)
    }

    /// Nil when the upload in parts has ended: by an attempt to confirm that was cut off, or as lost.
    private func parts(
        of multipart: MultipartUpload, for upload: UploadSession
    ) async throws -> [UploadedPart]? {
        let arrived: [UploadedPart]
        do throws(ObjectStoreError) {
            arrived = try await store.parts(of: multipart)
        } catch {
            guard case .refused = error else { throw error }
            return nil
        }
        let whole = arrived.filter { $0.size == upload.bytes(ofPart: $0.number) }
        let missing = Set(1...(upload.partCount ?? 1)).subtracting(whole.map(\.number))
        guard missing.isEmpty else { throw UploadError.incomplete(missing: missing.sorted()) }
        return whole
    }

    private func judgement(of upload: UploadSession, _ etag: String) async throws -> UploadEvent {
        let body: ObjectBody
        do throws(ObjectStoreError) {
            body = try await store.get(upload.key, range: .closed(0, Self.headLength - 1))
        } catch {
            guard case .notFound = error else { throw error }
            return .refused(.lost)
        }
        guard body.info.etag == etag else { return .refused(.lost) }
        return switch policy.judge(try await body.stream.collected(), of: upload) {
        case .accepted(let kind): .judged(kind: kind)
        case .refused(let reason): .refused(.unacceptable(reason))
        }
    }

    /// The answer is known whether or not the store can be reached: what is not cleared now, the sweep clears.
    private func clearNowOrLater(_ upload: UploadSession) async {
        try? await clear(upload)
    }

    /// Removes whatever the client sent.
    func clear(_ upload: UploadSession) async throws {
        if upload.partSize != nil {
            for begun in try await store.uploads(prefix: upload.key.text) where begun.key == upload.key {
                try await store.abort(begun)
            }
        }
        try await store.delete(upload.key)
        _ = try await database.write { session in
            try session.execute("UPDATE upload_sessions SET is_cleared = 1 WHERE id = \(upload.id)")
        }
    }
}

/// What a sweep did.
public struct UploadSweep: Equatable, Sendable {
    public internal(set) var expired = 0
    public internal(set) var cleared = 0
    /// Could not be cleared: the next sweep tries again.
    public internal(set) var failed = 0

    public init() {}
}

extension UploadSessions {
    /// Ends uploads that took too long, and removes what ended ones left at the store.
    ///
    /// - Parameter limit: of uploads to end, and of those to clear.
    /// - Throws: ``DatabaseError``. An object that cannot be removed does not hold up the others.
    public func sweep(limit: Int = 1000) async throws -> UploadSweep {
        var sweep = UploadSweep()
        let now = clock.now()
        for upload in try await database.read({ try overdue(at: now, limit: limit, in: $0) }) {
            if try await advance(upload, .ranOut).state == .expired { sweep.expired += 1 }
        }
        for upload in try await database.read({ try uncleared(limit: limit, in: $0) }) {
            do {
                try await clear(upload)
                sweep.cleared += 1
            } catch is ObjectStoreError {
                sweep.failed += 1
            }
        }
        return sweep
    }
}
