import AudioCore
import Auth
import Billing
import Foundation
import Jobs
import SampleLibrary
import Storage

/// All that the service has of an account, as one JSON document, for its owner to take away (GDPR article 20).
///
/// Written page by page while it is read, so that its size costs no memory; what changes meanwhile may be in it or not. The
/// bytes of samples are not in it, but where they are read.
public struct AccountArchive: Sendable {
    let account: AccountID
    let accounts: Accounts

    public typealias Sink = ([UInt8]) async throws -> Void

    /// - Parameter write: takes one part of the document after the other.
    public func write(to write: Sink) async throws {
        let (account, users) = (account, accounts.users)
        let head = try await accounts.database.read { session in
            guard let export = try users.export(account, in: session) else { throw ServiceError.notFound("user") }
            return Head(
                account: export, identities: try accounts.identities.list(of: account, in: session),
                plan: try accounts.assignments.planName(of: account, in: session),
                quota: try accounts.ledger.balances(of: account, in: session).map {
                    Balance(unit: $0.unit.rawValue, used: $0.used, held: $0.held)
                })
        }
        // The closing bracket comes at the end of all.
        try await write(Array(try Self.encoded(head).dropLast()))
        try await list("samples", to: write) { session, page in
            try SampleCatalog().list(of: account, page, hidden: true, in: session).map(SampleRecord.init)
        }
        try await list("kits", to: write) { session, page in
            try KitCatalog().list(of: account, page, in: session).map { KitRecord(id: $0.id.text, name: $0.name) }
        }
        try await list("jobs", to: write) { session, page in
            try accounts.queue.list(of: account, page, in: session).map(JobRecord.init)
        }
        try await list("usage", to: write) { session, page in
            try UsageLog().list(of: account, page, in: session)
        }
        try await list("audit", to: write) { session, page in
            try accounts.audit.list(of: account, page, in: session)
        }
        try await write(Array("}\n".utf8))
    }

    private func list<Item: Encodable & Sendable>(
        _ name: String, to write: Sink,
        _ read: @escaping @Sendable (any ReadSession, PageRequest) throws -> Page<Item>
    ) async throws {
        var (text, after) = (Array(",\"\(name)\":[".utf8), PageCursor?.none)
        var isFirst = true
        repeat {
            try Task.checkCancellation()
            let page = try await accounts.database.read { [after] in
                try read($0, PageRequest(limit: PageRequest.largest, after: after))
            }
            for item in page.items {
                if !isFirst { text.append(UInt8(ascii: ",")) }
                text += try Self.encoded(item)
                isFirst = false
            }
            after = page.next
            if after == nil { text.append(UInt8(ascii: "]")) }
            try await write(text)
            text = []
        } while after != nil
    }

    private static func encoded(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    private struct Head: Encodable {
        let account: AccountExport
        let identities: [LinkedIdentity]
        let plan: String?
        let quota: [Balance]
    }

    private struct Balance: Encodable {
        let unit: String
        let used: Int
        let held: Int
    }

    private struct SampleRecord: Encodable {
        let id: String
        let filename: String
        let contentType: String
        let size: Int
        let createdAt: Timestamp
        let hiddenAt: Timestamp?
        let fileUrl: String
        let audioFeatures: AudioFeatures

        init(_ item: AnalyzedSample) {
            let sample = item.sample
            (id, filename, contentType, size) = (sample.id.text, sample.filename, sample.contentType, sample.size)
            (createdAt, hiddenAt, fileUrl) = (sample.createdAt, sample.hiddenAt, "/api/samples/\(sample.id)/audio")
            audioFeatures = item.features
        }
    }

    private struct KitRecord: Encodable {
        let id: String
        let name: String
    }

    private struct JobRecord: Encodable {
        let id: String
        let kind: String
        let status: JobStatus
        let createdAt: Timestamp
        let completedAt: Timestamp?
        let error: String?

        init(_ job: Job) {
            (id, kind, status) = (job.id.text, job.kind, job.course.state.status)
            (createdAt, completedAt, error) = (job.createdAt, job.completedAt, job.error)
        }
    }
}

extension Accounts {
    /// - Throws: ``ServiceError`` `.forbidden` for credentials that may not read account, library and jobs.
    public func archive(of caller: Principal) throws(ServiceError) -> AccountArchive {
        for permission in [Permission.readLibrary, .readJobs] { _ = try caller.may(permission) }
        return AccountArchive(account: try caller.may(.readAccount), accounts: self)
    }
}
