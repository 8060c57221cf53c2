import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

/// Runs of one request in any order: cut off anywhere, slow, taken over, repeated, while the clock goes on.
@Suite struct IdempotencyHistoryTests {
    /// One try to run the request, and how far it has come.
    private struct Run {
        let ticket: IdempotencyTicket
        var made: String?
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `whatever happens in between, it is done once, and every answer tells of the same`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let desk = try await KeyDesk()
        _ = try await desk.database.write { try $0.execute("CREATE TABLE effects (id TEXT PRIMARY KEY)") }
        var (runs, answers) = ([Run](), Set<String>())
        for step in 1...120 {
            let index = runs.indices.randomElement(using: &random)
            switch (Int.random(in: 0..<8, using: &random), index) {
            case (0, _), (1, _), (_, nil):
                do {
                    switch try await desk.claim() {
                    case .run(let ticket): runs.append(Run(ticket: ticket, made: try ticket.receipt()))
                    case .replay(let answer, _): answers.insert(String(decoding: answer.body, as: UTF8.self))
                    }
                } catch IdempotencyRefusal.running {
                    // Somebody else is at it.
                }
            case (2, let index?), (3, let index?):
                if runs[index].made == nil {
                    runs[index].made = try await make("effect \(step)", runs[index].ticket, desk)
                }
            case (4, let index?):
                guard let made = runs[index].made else { continue }
                try await desk.keys.finish(
                    runs[index].ticket, KeptAnswer(status: 201, fields: [], body: Array(made.utf8)))
            case (5, let index?): try await desk.keys.abandon(runs.remove(at: index).ticket)
            case (6, let index?): _ = Bool.random(using: &random) ? runs.remove(at: index) : runs[index]
            case (_, let index?):
                desk.clock.advance(by: .seconds(Int.random(in: 1...40, using: &random)))
                if Bool.random(using: &random) { try await desk.keys.renew(runs[index].ticket) }
            }
            #expect(try await effects(desk).count <= 1, "after step \(step)")
        }
        let effects = try await effects(desk)
        #expect(answers.isSubset(of: effects))
        // Whoever asks last gets it done, or told.
        desk.clock.advance(by: IdempotencyKeys.lease)
        if case .run(let ticket) = try await desk.claim() {
            let known: String? = try ticket.receipt()
            #expect(known == effects.first)
        }
    }

    /// - Returns: nil for a run whose place was taken.
    private func make(_ effect: String, _ ticket: IdempotencyTicket, _ desk: KeyDesk) async throws -> String? {
        do {
            try await desk.database.write { session in
                try session.execute("INSERT INTO effects (id) VALUES (\(effect))")
                try ticket.record(effect, in: session)
            }
            return effect
        } catch IdempotencyRefusal.takenOver {
            return nil
        }
    }

    private func effects(_ desk: KeyDesk) async throws -> Set<String> {
        Set(try await desk.database.read { try $0.rows("SELECT id FROM effects").map { try $0.get("id") } })
    }
}
