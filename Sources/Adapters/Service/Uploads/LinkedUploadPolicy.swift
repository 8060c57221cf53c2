import AudioCore
import Billing
import Foundation
import Jobs
import SampleLibrary
import Storage

/// What a linked upload carries until it becomes a job.
struct LinkedUploadDetail: Codable {
    /// What it will be; nil for a file that is no sample.
    let sample: SampleID?
    let filename: String
    let lane: String
    let delaySeconds: Int
    /// Nil where the delay is always the same.
    let delayUntilSeconds: Int?
    let etaSeconds: Int
    /// Nil where no model is to describe it.
    var vibe: VibeRequest?
    /// Whether a card for an SP-404 is made of the sample. Nil in uploads of earlier versions.
    var exportsCard: Bool?
    /// Of a file that is no sample.
    var file: File?

    struct File: Codable {
        let folder: FolderID?
    }
}

extension LinkedUploadDetail {
    init(_ session: UploadSession) throws {
        self = try JSONDecoder().decode(LinkedUploadDetail.self, from: Data(session.detail.utf8))
    }

    func encoded() throws -> String { try JSONText.encode(self) }
}

/// Audio only; a committed upload becomes a job that owns its hold, any other gives it back.
struct LinkedUploadPolicy: UploadPolicy {
    let queue: JobQueue
    let ledger: QuotaLedger
    let analyzer: any SampleAnalyzer
    let quietHours: QuietHours
    let clock: any WallClock

    func judge(_ head: [UInt8], of session: UploadSession) -> UploadVerdict {
        if (try? LinkedUploadDetail(session))?.file != nil { return judgeFile(head, of: session) }
        do {
            let format = try AudioFormat.accepted(head, by: analyzer)
            guard format.contentType == session.attributes.contentType else {
                return .refused(
                    reason:
                        "the file is \(format), not \(session.attributes.contentType): say what it is, and send it again"
                )
            }
            return .accepted(kind: format.rawValue)
        } catch {
            return .refused(reason: error.description)
        }
    }

    private func judgeFile(_ head: [UInt8], of session: UploadSession) -> UploadVerdict {
        guard let kind = FileKind(head: head) else {
            return .refused(reason: "the file is none that is kept, by its first bytes: send \(FileKind.names)")
        }
        guard kind.contentType == session.attributes.contentType else {
            return .refused(
                reason:
                    "the file is \(kind.contentType), not \(session.attributes.contentType): say what it is, and send it again"
            )
        }
        return .accepted(kind: kind.rawValue)
    }

    func committed(_ session: UploadSession, in transaction: any WriteSession) throws {
        guard case .committed(let etag, _) = session.state else { return }
        let detail = try LinkedUploadDetail(session)
        let now = clock.now()
        if let file = detail.file {
            let work = KeepFile.Payload(
                pendingKey: session.key.text, name: detail.filename, folder: file.folder,
                contentType: session.attributes.contentType, size: session.size, sentAt: now)
            let job = try NewJob(
                id: JobID(renaming: session.id), kind: KeepFile.kind, payload: work, queue: detail.lane,
                owner: session.owner)
            try queue.enqueueOrRefuse(job, in: transaction)
            try ledger.handOver(HoldID(renaming: session.id), in: transaction)
            return
        }
        guard let sample = detail.sample else { throw DatabaseError.unexpected("an upload of neither sample nor file") }
        let work = AnalyzeUpload.Payload(
            sample: sample, pendingKey: session.key.text, filename: detail.filename,
            contentType: session.attributes.contentType, size: session.size, etag: etag, uploadedAt: now,
            vibe: detail.vibe, exportsCard: detail.exportsCard)
        let lane = Lane(
            detail.lane, delaySeconds: detail.delaySeconds, untilSeconds: detail.delayUntilSeconds,
            quietHours: quietHours)
        let job = try NewJob(
            id: JobID(renaming: session.id), kind: AnalyzeUpload.kind, payload: work, queue: lane.queue,
            priority: lane.priority, owner: session.owner, runAt: lane.start(at: now))
        try queue.enqueueOrRefuse(job, in: transaction)
        try ledger.handOver(HoldID(renaming: session.id), in: transaction)
    }

    func ended(_ session: UploadSession, in transaction: any WriteSession) throws {
        try ledger.release(HoldID(renaming: session.id), in: transaction)
    }
}

extension AudioFormat {
    /// The format that is sent under a content type, also under the older names of some browsers; nil for no audio.
    ///
    /// Vorbis and Opus share theirs: which of them it is, the first bytes tell.
    init?(contentType: String) {
        switch contentType.lowercased() {
        case "audio/wav", "audio/wave", "audio/x-wav", "audio/vnd.wave", "audio/x-pn-wav": self = .wav
        case "audio/aiff", "audio/x-aiff": self = .aiff
        case "audio/flac", "audio/x-flac": self = .flac
        case "audio/ogg", "audio/opus", "audio/vorbis", "application/ogg": self = .ogg
        case "audio/mpeg", "audio/mp3", "audio/mpeg3", "audio/x-mp3", "audio/x-mpeg-3": self = .mp3
        case "audio/mp4", "audio/m4a", "audio/x-m4a": self = .m4a
        case "audio/aac", "audio/x-aac", "audio/aacp": self = .aac
        default: return nil
        }
    }
}

extension ServiceError {
    init(_ error: UploadError) {
        switch error {
        case .notFound: self = .notFound("upload")
        case .unsuitable(let reason): self = .invalid(field: "size", reason)
        case .rejected(.unacceptable(let reason)): self = .unsupportedMedia(reason)
        case .incomplete, .rejected, .expired, .committed: self = .conflict(error.description)
        }
    }
}
