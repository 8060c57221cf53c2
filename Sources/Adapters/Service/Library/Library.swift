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
    let egress: Egress
    let events: EventPost
    let clock: any WallClock

    public func samples(of caller: Principal, _ page: PageRequest) async throws -> Page<AnalyzedSample> {
        let account = try caller.may(.readLibrary)
        return try await database.read { try catalog.list(of: account, page, in: $0) }
    }

    /// One that is hidden is not found.
    public func sample(_ id: SampleID, of caller: Principal) async throws -> AnalyzedSample {
        let account = try caller.may(.readLibrary)
        let found = try await database.read { try catalog.find(id, of: account, in: $0) }
        guard let found, found.sample.hiddenAt == nil else { throw ServiceError.notFound("sample") }
        return found
    }

    /// Without what was measured of it.
    private func shown(_ id: SampleID, of account: AccountID) async throws -> Sample {
        let found = try await database.read { try catalog.sample(id, of: account, in: $0) }
        guard let found, found.hiddenAt == nil else { throw ServiceError.notFound("sample") }
        return found
    }

    /// The original bytes, or a part of them; what is sent of them counts as used.
    public func audio(_ id: SampleID, of caller: Principal, range: ByteRange?) async throws -> (Sample, Download) {
        let sample = try await shown(id, of: caller.may(.readLibrary))
        return (sample, Download(try await objects.get(sample.object, range: range), of: sample.owner, egress))
    }

    /// What there is of the original, without its bytes.
    public func audioInfo(_ id: SampleID, of caller: Principal) async throws -> (Sample, ObjectInfo) {
        let sample = try await shown(id, of: caller.may(.readLibrary))
        return (sample, try await objects.head(sample.object))
    }

    /// A link by which anybody may read the original bytes for an hour, straight from the store.
    ///
    /// It outlives a session that ends and a sample that is hidden, not the object.
    public func audioLink(to id: SampleID, of caller: Principal) async throws -> PresignedRequest {
        let sample = try await shown(id, of: caller.may(.readLibrary))
        guard let links else { throw ServiceError.notFound("link") }
        return try await links.presign(
            .get(downloadName: sample.filename), to: sample.object, expiresIn: .seconds(3600))
    }

    /// Takes a sample out of lists and searches. It can be restored for 30 days, and counts against the quota until then.
    public func hide(_ id: SampleID, of caller: Principal) async throws {
        let account = try caller.may(.changeLibrary)
        let now = clock.now()
        let isHidden = try await database.write { session in
            guard try catalog.hide(id, of: account, at: now, in: session) else { return false }
            try tell(id, of: account, in: session) { .sampleHidden($0) }
            return true
        }
        guard isHidden else { throw ServiceError.notFound("sample") }
    }

    /// Brings a hidden sample back.
    public func restore(_ id: SampleID, of caller: Principal) async throws -> SampleDetails {
        let account = try caller.may(.changeLibrary)
        let isRestored = try await database.write { session in
            guard try catalog.restore(id, of: account, in: session) else { return false }
            try tell(id, of: account, in: session) { .sampleRestored($0) }
            return true
        }
        guard isRestored else { throw ServiceError.notFound("sample") }
        return try await details(of: id, account)
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
                // By owner, as everywhere: what is locked for each owner is then locked in one order.
                for sample in overdue.sorted(by: { $0.owner.text < $1.owner.text }) {
                    _ = try remove(sample.id, of: sample.owner, in: session)
                }
                return overdue.count
            }
        }
    }

    /// Removes some of what a deleted account has, and its objects by jobs of the same transaction.
    ///
    /// - Returns: whether there may be more.
    func erase(_ account: AccountID) async throws -> Bool {
        try await database.write { session in
            let step = try LibraryErasure().erase(account, in: session)
            try ledger.freeDeleted(step.bytes, of: .storageBytes, for: account, in: session)
            try queue.enqueue(step.objects.map(DeleteObject.job), asFollowUp: true, in: session)
            return !step.isLast
        }
    }

    /// Samples that came in before there was a search.
    func indexOlder() async throws {
        var last: SampleID?
        repeat {
            last = try await database.write { [last] in try catalog.indexMissing(after: last, in: $0) }
        } while last != nil
    }

    func remove(_ id: SampleID, of account: AccountID, in session: any WriteSession) throws -> Bool {
        guard let sample = try catalog.remove(id, of: account, in: session) else { return false }
        try ledger.freeDeleted(sample.size, of: .storageBytes, for: account, in: session)
        try queue.enqueue(DeleteObject.job(sample.object), asFollowUp: true, in: session)
        try events.tell(.sampleRemoved(.init(sample)), to: account, in: session)
        return true
    }

    /// Tells the account's devices of a sample that is there.
    func tell(
        _ id: SampleID, of account: AccountID, in session: any WriteSession,
        _ event: (AccountEvent.SampleFacts) -> AccountEvent
    ) throws {
        guard let sample = try catalog.sample(id, of: account, in: session) else { return }
        try events.tell(event(.init(sample)), to: account, in: session)
    }
}
