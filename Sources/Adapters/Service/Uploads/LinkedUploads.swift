import AudioCore
import Auth
import Billing
import Foundation
import Jobs
import SampleLibrary
import Storage

/// Takes files in by link: the client sends them straight to the store, and confirms.
public struct LinkedUploads: Sendable {
    /// How long a client may take from the first link to the confirmation.
    static let life = Duration.seconds(24 * 3600)

    let database: any Database
    let sessions: UploadSessions
    let queue: JobQueue
    let ledger: QuotaLedger
    let accounts: Accounts
    let vibes: VibeAnalyzer

    /// Holds quota for the file, and gives links to send it with.
    ///
    /// - Parameters:
    ///   - filename: as the client named it; shown, never used as a path.
    ///   - size: bytes, exactly.
    ///   - contentType: the file must turn out to be of it.
    ///   - inParts: whether sending can go on after a failure; for long files.
    ///   - exportsCard: whether a card for an SP-404 is made of the sample, as ``Exports`` makes them.
    ///   - vibe: how it is to be described; nil for by no model.
    ///   - ticket: of a request with an idempotency key: where it was begun before, this is the same upload.
    /// - Throws: ``ServiceError`` `.invalid`, `.tooLarge`, `.quotaExceeded`, `.unsupportedMedia`. Then nothing is held.
    public func begin(
        named filename: String?, size: Int, contentType: String, inParts: Bool, exportsCard: Bool = false,
        describedBy vibe: VibeRequest? = nil,
        for caller: Principal, once ticket: IdempotencyTicket? = nil
    ) async throws -> OpenUpload {
        let account = try caller.may(.upload)
        if let begun = try await begun(ticket, by: account) { return begun }
        let entitlement = try await accounts.entitlement(of: account)
        let plan = entitlement.plan
        guard size > 0 else { throw ServiceError.invalid(field: "size", "'size' must be the bytes of the file") }
        if let limit = plan.uploadBytes, size > limit { throw ServiceError.tooLarge(limit: limit) }
        guard let format = AudioFormat(contentType: contentType) else {
            throw ServiceError.unsupportedMedia(
                "'\(contentType)' is no audio type that is taken: send WAV, AIFF, FLAC, Ogg Vorbis, Opus or MP3")
        }
        try vibes.check(vibe, under: entitlement)
        let detail = LinkedUploadDetail(
            sample: .random(), filename: FileName.cleaned(filename, format: format.rawValue), lane: plan.lane,
            delaySeconds: plan.delaySeconds, delayUntilSeconds: plan.delayUntilSeconds, etaSeconds: plan.etaSeconds,
            vibe: vibe, exportsCard: exportsCard)
        return try await begin(
            format.contentType, size: size, detail, inParts: inParts, for: account, under: entitlement, ticket)
    }

    func begin(
        _ contentType: String, size: Int, _ detail: LinkedUploadDetail, inParts: Bool, for account: AccountID,
        under entitlement: Entitlement, _ ticket: IdempotencyTicket?
    ) async throws -> OpenUpload {
        let id = UploadID.random()
        let request = UploadRequest(
            id: id, owner: account, key: ObjectKey(in: "uploads-pending", of: account, id), size: size,
            attributes: ObjectAttributes(contentType: contentType), hold: HoldID(renaming: id).text,
            detail: try detail.encoded(), inParts: inParts, life: Self.life)
        do {
            return try await translated {
                try await reserve(request, under: entitlement, ticket)
                return try await sessions.open(id, of: account)
            }
        } catch {
            // Also when the client is gone and this task with it, or the database has kept the reservation and failed to
            // say so. What fails here, the upkeep ends.
            await Task { try? await sessions.cancel(id, of: account) }.value
            throw error
        }
    }

    /// What has arrived, and links to what has not.
    ///
    /// - Parameter parts: for which the links are to be; the first missing ones unless given.
    public func resume(
        _ id: UploadID, parts: ClosedRange<Int>? = nil, for caller: Principal
    ) async throws -> OpenUpload {
        let account = try caller.may(.upload)
        return try await translated { try await sessions.resume(id, of: account, parts: parts) }
    }

    /// Looks at what has arrived, and enqueues its analysis; again for one that is confirmed.
    ///
    /// - Throws: ``ServiceError`` `.conflict` while something is missing or when the upload has ended,
    ///   `.unsupportedMedia` for a file that is no audio: it is removed.
    public func confirm(_ id: UploadID, for caller: Principal) async throws -> AcceptedUpload {
        let account = try caller.may(.upload)
        let session = try await translated { try await sessions.confirm(id, of: account) }
        let etaSeconds = try LinkedUploadDetail(session).etaSeconds
        return await UploadForecast(database: database, queue: queue)
            .accepted(JobID(renaming: id), enqueuedAt: session.createdAt, etaSeconds: etaSeconds)
    }

    /// Ends an upload that is not wanted any more, and removes what has arrived.
    public func cancel(_ id: UploadID, for caller: Principal) async throws {
        let account = try caller.may(.upload)
        try await translated { try await sessions.cancel(id, of: account) }
    }

    /// What an earlier run of the same request began; nil when it was given up, as where the store was away.
    func begun(_ ticket: IdempotencyTicket?, by account: AccountID) async throws -> OpenUpload? {
        guard let id: UploadID = try ticket?.receipt() else { return nil }
        let upload = try await translated { try await sessions.open(id, of: account) }
        return upload.session.state.isFinal ? nil : upload
    }

    /// Not in the present task, which a disconnecting client cancels: what is held must be known.
    private func reserve(
        _ request: UploadRequest, under entitlement: Entitlement, _ ticket: IdempotencyTicket?
    ) async throws {
        do {
            try await Task {
                try await database.write { session in
                    try ledger.reserve(
                        HoldID(renaming: request.id), [(.uploads, 1), (.storageBytes, request.size)],
                        for: request.owner, under: entitlement, expiresIn: nil, in: session)
                    _ = try sessions.reserve(request, in: session)
                    try ticket?.record(request.id, in: session)
                }
            }.value
        } catch let excess as QuotaExceeded {
            throw ServiceError.quotaExceeded(excess)
        }
    }

    private func translated<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as UploadError {
            throw ServiceError(error)
        }
    }
}
