import Auth
import Billing
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

/// What use cases make under a ticket.
@Suite struct ReceiptTests {
    private func ticket(_ studio: Studio) async throws -> IdempotencyTicket {
        let claim = try await studio.useCases.idempotency.claim(
            IdempotencyKey("one"), of: .account(studio.account), for: .upload)
        guard case .run(let ticket) = claim else { throw KeyDesk.WrongClaim() }
        return ticket
    }

    /// Two runs of one request, of which the second has taken the place of the first.
    private func tickets(_ studio: Studio) async throws -> (slow: IdempotencyTicket, next: IdempotencyTicket) {
        let slow = try await ticket(studio)
        studio.clock.advance(by: IdempotencyKeys.lease)
        return (slow, try await ticket(studio))
    }

    private func upload(_ studio: Studio, _ ticket: IdempotencyTicket) async throws -> AcceptedUpload {
        try await studio.useCases.uploads.receive(
            .chunks(MadeAudio.wav(), of: 5_000), named: "tone.wav", expectedSize: nil, for: studio.caller, once: ticket)
    }

    @Test(arguments: Studio.Store.allCases)
    func `an upload whose place was taken leaves nothing behind`(store: Studio.Store) async throws {
        let studio = try await Studio(on: store)
        let (slow, next) = try await tickets(studio)
        await #expect(throws: IdempotencyRefusal.takenOver) { try await upload(studio, slow) }
        #expect(try await studio.traces() == .none)
        let accepted = try await upload(studio, next)
        await #expect(throws: IdempotencyRefusal.takenOver) { try await upload(studio, slow) }
        let traces = try await studio.traces()
        #expect((traces.jobs, traces.holds) == (1, 2))
        #expect(traces.objects == [studio.pendingKey(of: accepted)])
    }

    @Test func `what else is made by a run whose place was taken is not kept`() async throws {
        let studio = try await Studio()
        let slow = try await tickets(studio).slow
        let (cases, caller) = (studio.useCases, studio.caller)
        let linked = try #require(cases.linkedUploads)
        await #expect(throws: IdempotencyRefusal.takenOver) {
            try await linked.begin(
                named: "a.wav", size: 100, contentType: "audio/wav", inParts: false, for: caller, once: slow)
        }
        await #expect(throws: IdempotencyRefusal.takenOver) {
            try await cases.processing.process(
                .chunks(MadeAudio.wav(), of: 5_000), named: nil, for: caller, once: slow)
        }
        let user = try await studio.register()
        await #expect(throws: IdempotencyRefusal.takenOver) {
            try await cases.programKeys.create(
                name: "laptop", scopes: nil, expiresAt: nil, for: .signedIn(user.id), from: .test, once: slow)
        }
        #expect(
            await refusal {
                try await cases.accounts.register(
                    email: "grace@example.com", password: Studio.password, name: nil, from: .test, once: slow)
            } != nil)
        #expect(try await studio.traces() == .none)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM api_keys") == 0)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM users") == 1)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM usage_entries") == 0)
    }

    @Test func `a repeat answers from the receipt, whatever became of what was made`() async throws {
        let studio = try await Studio()
        let accepted = try await upload(studio, try await ticket(studio))
        for _ in 1...2 {
            studio.clock.advance(by: IdempotencyKeys.lease)
            #expect(try await upload(studio, try await ticket(studio)).job == accepted.job)
            while try await studio.work() > 0 {}
        }
        #expect(try await studio.traces().samples == 1)
        #expect(try await studio.traces().balances[.uploads] == [1, 0])
    }

    @Test func `an upload by link that was given up is begun anew`() async throws {
        let studio = try await Studio()
        let linked = try #require(studio.useCases.linkedUploads)
        func begin() async throws -> OpenUpload {
            try await linked.begin(
                named: "a.wav", size: 100, contentType: "audio/wav", inParts: false, for: studio.caller,
                once: try await ticket(studio))
        }
        let first = try await begin().session.id
        studio.clock.advance(by: IdempotencyKeys.lease)
        #expect(try await begin().session.id == first)
        try await linked.cancel(first, for: studio.caller)
        studio.clock.advance(by: IdempotencyKeys.lease)
        let second = try await begin()
        #expect(second.session.id != first && !second.links.isEmpty)
        #expect(try await studio.traces().balances[.uploads] == [0, 1])
    }

    @Test func `a key that was revoked is not shown again`() async throws {
        let studio = try await Studio()
        let user = try await studio.register()
        let (keys, caller) = (studio.useCases.programKeys, Principal.signedIn(user.id))
        func make() async throws -> (key: APIKey, secret: APIKeySecret) {
            try await keys.create(
                name: "laptop", scopes: nil, expiresAt: nil, for: caller, from: .test, once: try await ticket(studio))
        }
        let first = try await make()
        studio.clock.advance(by: IdempotencyKeys.lease)
        #expect(try await make().secret == first.secret)
        try await keys.revoke(first.key.id, of: caller, from: .test)
        studio.clock.advance(by: IdempotencyKeys.lease)
        #expect(try await make().key.id != first.key.id)
    }
}
