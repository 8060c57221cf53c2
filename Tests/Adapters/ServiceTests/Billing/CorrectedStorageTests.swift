import Billing
import SampleLibrary
import Storage
import Testing

@testable import WaxwingService

@Suite struct CorrectedStorageTests {
    @Test func `a sample can be deleted though the operator took more off the count than is left`() async throws {
        let studio = try await Studio()
        let sample = try await studio.sample()
        let ledger = QuotaLedger(clock: studio.clock)
        try await studio.database.write { session in
            try ledger.correct(
                .storageBytes, by: 10 - sample.sample.size, of: studio.account, under: Entitlement(Plan()),
                reason: "a fault of ours", in: session)
        }
        try await studio.useCases.library.purge(sample.sample.id, of: studio.caller)
        #expect(try await studio.traces().samples == 0)
        #expect(try await studio.traces().balances[.storageBytes] == nil)
        #expect(try await studio.database.read { try ledger.verify(in: $0) }.isClean)
    }
}
