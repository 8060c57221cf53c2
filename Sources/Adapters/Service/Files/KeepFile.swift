import Billing
import Jobs
import SampleLibrary
import Storage

/// The job of a file that was sent by link: puts it where files are kept. The file has the name of its upload.
struct KeepFile: OwnersJob {
    static let kind = "keep-file"

    struct Payload: Codable {
        let pendingKey: String
        let name: String
        let folder: FolderID?
        let contentType: String
        let size: Int
        let sentAt: Timestamp
    }

    let objects: any ObjectStore
    let queue: JobQueue
    let ledger: QuotaLedger
    let entitlements: Entitlements
    let catalog = LibraryFiles()

    var kind: String { Self.kind }

    /// May run again after a crash: the copy goes to the same key, and the row is written only with the job's end.
    func run(_ job: Job) async throws -> JobEffect {
        guard let owner = job.owner, let payload = try? job.decodePayload(as: Payload.self) else {
            throw JobFailure(.final, "the job cannot be read")
        }
        let (pending, id) = (try ObjectKey(payload.pendingKey), FileID(renaming: job.id))
        let kept = try await keep(pending, at: ObjectKey(in: "processed", of: owner, id))
        return { session in
            // A folder may be gone by now: what was sent is not lost for that.
            let folder = try payload.folder.flatMap { try catalog.folder($0, of: owner, in: session)?.id }
            try catalog.insert(
                LibraryFile(
                    id: id, owner: owner, folder: folder, name: payload.name, object: kept.key,
                    contentType: payload.contentType, size: kept.size, etag: kept.etag, createdAt: payload.sentAt),
                in: session)
            try ledger.commit(HoldID(of: job.id), in: session)
            try queue.enqueue(DeleteObject.job(pending), asFollowUp: true, in: session)
        }
    }

    private func keep(_ pending: ObjectKey, at key: ObjectKey) async throws -> ObjectInfo {
        let body: ObjectBody
        do {
            body = try await objects.get(pending)
        } catch .notFound {
            throw JobFailure(.final, "the uploaded file is no longer there: upload it again")
        }
        var checksum = Checksum.Running()
        for try await chunk in body.stream { checksum.add(chunk) }
        return try await objects.copy(body.info, sha256: checksum.text, to: key)
    }

    /// What was held is free again. What was sent stays for a while where it may be tried again.
    func abandoned(_ job: Job, in session: any WriteSession) throws {
        try ledger.release(HoldID(of: job.id), in: session)
        if try isWorthReplaying(job, in: session) { return }
        guard let payload = try? job.decodePayload(as: Payload.self) else { return }
        try queue.enqueue(DeleteObject.job(ObjectKey(payload.pendingKey)), asFollowUp: true, in: session)
    }

    func isWorthReplaying(_ job: Job, in session: any ReadSession) throws -> Bool {
        try UploadReplay.isWorthIt(job, queue, in: session)
    }

    /// - Throws: ``ServiceError`` `.quotaExceeded` where there is no room for it any more.
    func replayed(_ job: Job, in session: any WriteSession) throws {
        // One that cannot be read fails by itself.
        guard let owner = job.owner, let payload = try? job.decodePayload(as: Payload.self) else { return }
        try UploadReplay.hold(
            payload.size, for: job, of: owner, ledger, under: try entitlements.find(owner, in: session), in: session)
    }
}
