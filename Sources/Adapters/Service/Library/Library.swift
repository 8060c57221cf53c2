import Billing
import Jobs
import SampleLibrary
import Storage

/// An account's samples.
public struct Library: Sendable {
    let database: any Database
    let objects: any ObjectStore
    let queue: JobQueue
    let catalog: SampleCatalog
    let ledger: QuotaLedger

    public func samples(of account: AccountID, _ page: PageRequest) async throws -> Page<AnalyzedSample> {
        try await database.read { try catalog.list(of: account, page, in: $0) }
    }

    public func sample(_ id: SampleID, of account: AccountID) async throws -> AnalyzedSample {
        guard let item = try await database.read({ try catalog.find(id, of: account, in: $0) }) else {
            throw ServiceError.notFound("sample")
        }
        return item
    }

    /// The original bytes, or a part of them.
    public func audio(_ id: SampleID, of account: AccountID, range: ByteRange?) async throws -> (Sample, ObjectBody) {
        let sample = try await sample(id, of: account).sample
        return (sample, try await objects.get(sample.object, range: range))
    }

    /// Removes row, features, object and quota for good. The object goes in a job of the same transaction.
    public func purge(_ id: SampleID, of account: AccountID) async throws {
        try await database.write { session in
            guard let sample = try catalog.remove(id, of: account, in: session) else {
                throw ServiceError.notFound("sample")
            }
            try ledger.free(sample.size, of: .storageBytes, for: account, in: session)
            try queue.enqueue(DeleteObject.job(sample.object), in: session)
        }
    }
}
