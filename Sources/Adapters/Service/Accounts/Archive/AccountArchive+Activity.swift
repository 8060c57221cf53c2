import Auth
import Billing
import Jobs
import Storage

extension AccountArchive {
    /// What the account had done, said and paid, by the names that clients know.
    func writeActivity(to write: Sink) async throws {
        let (account, accounts) = (account, accounts)
        try await list("jobs", to: write) { session, page in
            try accounts.queue.list(of: account, page, in: session).map { ArchivedJob(JobReport($0)) }
        }
        try await list("exports", to: write) { session, page in
            try ExportRecords().list(of: account, page, in: session).map { export in
                ArchivedExport(ExportReport(export, try accounts.queue.find(export.id, in: session)))
            }
        }
        try await list("sync", to: write) { session, page in
            try SyncRecords().list(of: account, page, in: session).map(ArchivedSyncRow.init)
        }
        try await list("room_messages", to: write) { session, page in
            try RoomRecords().said(by: account, page, in: session).map(ArchivedMessage.init)
        }
        try await list("invoices", to: write) { session, page in
            try Invoices().list(of: account, page, in: session)
        }
        try await list("usage", to: write) { session, page in
            try UsageLog().list(of: account, page, in: session)
        }
        // Entries go when they are old; what they came to stays.
        try await list("usage_days", to: write) { session, page in
            try UsageLog().days(of: account, page, in: session).map(ArchivedUsageDay.init)
        }
        try await list("audit", to: write) { session, page in
            try accounts.audit.list(of: account, page, in: session)
        }
    }
}

private struct ArchivedJob: Encodable {
    let id: String
    let kind: String
    let status: JobStatus
    let sampleId: String?
    let error: String?
    let attempts: Int
    let createdAt: Timestamp
    let startedAt: Timestamp?
    let completedAt: Timestamp?

    init(_ job: JobReport) {
        (id, kind, status, sampleId) = (job.id.text, job.kind, job.status, job.sample?.text)
        (error, attempts, createdAt) = (job.error, job.attempts, job.createdAt)
        (startedAt, completedAt) = (job.startedAt, job.completedAt)
    }
}

private struct ArchivedExport: Encodable {
    let id: String
    let name: String
    let device: ExportTarget.Device
    let status: JobStatus
    let error: String?
    let samplesWritten: Int
    let notes: [String]
    let size: Int?
    /// Until it expires.
    let downloadUrl: String?
    let createdAt: Timestamp
    let completedAt: Timestamp?
    let expiresAt: Timestamp?

    init(_ report: ExportReport) {
        (id, name, device, status) = (report.id.text, report.name, report.device, report.status)
        (error, samplesWritten, notes, size) = (report.error, report.written, report.notes, report.size)
        downloadUrl = report.size == nil ? nil : "/api/exports/\(report.id)/download"
        (createdAt, completedAt, expiresAt) = (report.createdAt, report.completedAt, report.expiresAt)
    }
}

private struct ArchivedSyncRow: Encodable {
    let type: String
    let id: String
    let data: CanonicalJSON?
    let version: Int64
    let changedAt: Timestamp
    let deletedAt: Timestamp?

    init(_ row: SyncRow) {
        (type, id, data, version) = (row.key.type, row.key.id, row.data, row.version)
        (changedAt, deletedAt) = (row.changedAt, row.deletedAt)
    }
}

private struct ArchivedMessage: Encodable {
    let number: Int64
    let text: String
    let sentAt: Timestamp

    init(_ message: RoomMessage) {
        (number, text, sentAt) = (message.number, message.text, message.sentAt)
    }
}

private struct ArchivedUsageDay: Encodable {
    let day: UTCDay
    let feature: UsageFeature
    /// Of AI: what it was for.
    let purpose: String?
    /// In the unit.
    let amount: Double
    let unit: UsageUnit
    let tokens: AITokens?
    /// How many entries, or pieces.
    let count: Int
    let costMicroUsd: MicroUSD

    init(_ line: UsageLine) {
        (day, feature, purpose, unit) = (line.day, line.feature, line.purpose?.name, line.feature.unit)
        amount = Double(line.sum.amount) / Double(line.feature.unit.counts)
        tokens = line.feature == .ai ? line.sum.tokens : nil
        (count, costMicroUsd) = (line.sum.count, line.sum.cost.whole)
    }
}
