import Auth
import Billing
import Jobs
import SampleLibrary
import Storage

/// An account's samples.
public struct Library: Sendable {
    let database: any Database
    let objects: any ObjectStore
    /// The same store where it gives links.
    let links: (any PresignedURLIssuer)?
    let queue: JobQueue
    let catalog: SampleCatalog
    let ledger: QuotaLedger
    let clock: any WallClock

    public func samples(of caller: Principal, _ page: PageRequest) async throws -> Page<AnalyzedSample> {
        let account = try caller.may(.readLibrary)
        return try await database.read { try catalog.list(of: account, page, in: $0) }
    }

    /// One that is hidden is not found.
    public func sample(_ id: SampleID, of caller: Principal) async throws -> AnalyzedSample {
        try await find(id, of: caller.may(.readLibrary))
    }

    private func find(_ id: SampleID, of account: AccountID) async throws -> AnalyzedSample {
        let found = try await database.read { try catalog.find(id, of: account, in: $0) }
        guard let item = found, item.sample.hiddenAt == nil else { throw ServiceError.notFound("sample") }
        return item
    }

    /// The original bytes, or a part of them.
    public func audio(_ id: SampleID, of caller: Principal, range: ByteRange?) async throws -> (Sample, ObjectBody) {
        let sample = try await sample(id, of: caller).sample
        return (sample, try await objects.get(sample.object, range: range))
    }

    /// A link by which anybody may read the original bytes for an hour, straight from the store.
    ///
    /// It outlives a session that ends and a sample that is hidden, not the object.
    public func audioLink(to id: SampleID, of caller: Principal) async throws -> PresignedRequest {
        let sample = try await sample(id, of: caller).sample
        guard let links else { throw ServiceError.notFound("link") }
        return try await links.presign(
            .get(downloadName: sample.filename), to: sample.object, expiresIn: .seconds(3600))
    }

    /// Takes a sample out of lists and searches. It can be restored for 30 days, and counts against the quota until then.
    public func hide(_ id: SampleID, of caller: Principal) async throws {
        let account = try caller.may(.changeLibrary)
        let now = clock.now()
        guard try await database.write({ try catalog.hide(id, of: account, at: now, in: $0) }) else {
            throw ServiceError.notFound("sample")
        }
    }

    /// Brings a hidden sample back.
    public func restore(_ id: SampleID, of caller: Principal) async throws -> AnalyzedSample {
        let account = try caller.may(.changeLibrary)
        guard try await database.write({ try catalog.restore(id, of: account, in: $0) }) else {
            throw ServiceError.notFound("sample")
        }
        return try await find(id, of: account)
    }

    /// Removes row, features, object and quota for good. The object goes in a job of the same transaction.
    public func purge(_ id: SampleID, of caller: Principal) async throws {
        let account = try caller.may(.changeLibrary)
        guard try await database.write({ try remove(id, of: account, in: $0) }) else {
            throw ServiceError.notFound("sample")
        }
    }

    /// Removes the samples of all accounts that were hidden for 30 days.
    func purgeOverdue(at now: Timestamp) async throws {
        let batch = 100
        var count = batch
        while count == batch {
            count = try await database.write { session in
                let overdue = try catalog.overdue(at: now, limit: batch, in: session)
                for sample in overdue { _ = try remove(sample.id, of: sample.owner, in: session) }
                return overdue.count
            }
        }
    }

    /// Samples that came in before there was a search.
    func indexOlder() async throws {
        var last: SampleID?
        repeat {
            last = try await database.write { [last] in try catalog.indexMissing(after: last, in: $0) }
        } while last != nil
    }

    private func remove(_ id: SampleID, of account: AccountID, in session: any WriteSession) throws -> Bool {
        guard let sample = try catalog.remove(id, of: account, in: session) else { return false }
        try ledger.free(sample.size, of: .storageBytes, for: account, in: session)
        try queue.enqueue(DeleteObject.job(sample.object), asFollowUp: true, in: session)
        return true
    }
}
