import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import Auth

/// Clients, thieves and clocks in any order, against a model of a dozen lines.
@Suite(.timeLimit(.minutes(Rounds.minutes))) struct RefreshInterleavingTests {
    private static let rounds = Rounds.count(FreshDatabase.postgresURL == nil ? 60 : 12)

    /// What a family is, without a database.
    private struct Model {
        var tokens: [RefreshToken]
        /// Of each token but the last, when it was first used.
        var spentAt: [Timestamp] = []
        var isLive = true

        /// The generation that comes of presenting one; nil when it is refused.
        mutating func present(_ generation: Int, at now: Timestamp) -> Int? {
            guard isLive else { return nil }
            guard generation < spentAt.count else {
                spentAt.append(now)
                return generation + 1
            }
            if now < spentAt[generation] + RefreshTokens.standardGrace { return generation + 1 }
            isLive = false
            return nil
        }
    }

    @Test func `whoever presents what when, each token has one child, and only a late reuse ends the family`()
        async throws
    {
        var (alarms, trades, repeats) = (0, 0, 0)
        for seed in 1...UInt64(Self.rounds) {
            var random = SplitMix64(seed: seed)
            let family = try await RefreshHouse()
            var model = Model(tokens: [family.first])
            for step in 0..<40 {
                let place: Comment = "seed \(seed), step \(step)"
                switch Int.random(in: 0..<20, using: &random) {
                case 0..<6:
                    family.house.clock.advance(by: .milliseconds(.random(in: 0...20_000, using: &random)))
                case 6:
                    family.house.clock.advance(by: .seconds(.random(in: 30...3600, using: &random)))
                case 7:
                    let generation = Int64.random(in: 0...Int64(model.tokens.count), using: &random)
                    let forged = RefreshToken(
                        session: family.session.id, generation: generation, secret: .random())
                    #expect(try await presented(forged, to: family) == nil, place)
                case 8 where Int.random(in: 0..<10, using: &random) == 0:
                    try await family.house.signOut(family.session)
                    model.isLive = false
                default:
                    // Mostly one of the last: a client that is a little behind.
                    let back = Int.random(in: 0..<(Bool.random(using: &random) ? 2 : 6), using: &random)
                    let generation = max(0, model.tokens.count - 1 - back)
                    let (wasLive, wasSpent) = (model.isLive, generation < model.spentAt.count)
                    let expected = model.present(generation, at: family.house.clock.now())
                    let child = try await presented(model.tokens[generation], to: family)
                    #expect((child == nil) == (expected == nil), place)
                    if wasLive && !model.isLive { alarms += 1 }
                    guard let child, let expected else { continue }
                    if wasSpent { repeats += 1 } else { trades += 1 }
                    if expected == model.tokens.count { model.tokens.append(child) }
                    #expect(child == model.tokens[expected], place)
                }
                #expect(try await family.isLive() == model.isLive, place)
            }
            #expect(try await family.count() == model.tokens.count, "seed \(seed)")
        }
        Rounds.report("refreshes, \(Self.rounds) seeds: \(trades) trades, \(repeats) repeats, \(alarms) alarms")
        #expect(alarms > 0 && trades > 0 && repeats > 0)
    }

    @Test func `clients that refresh at once never alarm, whatever each of them has of the last two tokens`()
        async throws
    {
        for seed in 1...UInt64(Rounds.count(5)) {
            var random = SplitMix64(seed: seed)
            let family = try await RefreshHouse()
            var (last, before) = (family.first, family.first)
            for turn in 0..<8 {
                let shown = (0..<12).map { _ in Bool.random(using: &random) ? last : before } + [last]
                let children = try await withThrowingTaskGroup(of: (Int64, RefreshToken).self) { group in
                    for token in shown { group.addTask { (token.generation, try await family.refresh(token)) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                for (parent, child) in children { #expect(child.generation == parent + 1) }
                #expect(Set(children.map(\.1.text)).count == Set(shown.map(\.generation)).count, "seed \(seed)")
                (before, last) = (last, try #require(children.map(\.1).max { $0.generation < $1.generation }))
                #expect(last.generation == Int64(turn) + 1)
                family.house.clock.advance(by: .milliseconds(.random(in: 0..<29_000, using: &random)))
            }
        }
    }

    @Test func `a thief among the clients ends the family once, and nobody has a token that works`() async throws {
        for seed in 1...UInt64(Rounds.count(5)) {
            let family = try await RefreshHouse()
            let child = try await family.refresh(family.first)
            family.house.clock.advance(by: RefreshTokens.standardGrace)
            let grants = try await withThrowingTaskGroup(of: RefreshToken?.self) { group in
                for number in 0..<12 {
                    group.addTask { try await presented(number == seed % 12 ? family.first : child, to: family) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(grants.compactMap { $0?.text }).count <= 1)
            #expect(try await !family.isLive())
            for token in grants.compactMap(\.self) + [family.first, child] {
                #expect(try await presented(token, to: family) == nil)
            }
        }
    }

    private func presented(_ token: RefreshToken, to family: RefreshHouse) async throws -> RefreshToken? {
        do throws(AuthError) {
            return try await family.refresh(token)
        } catch .sessionEnded {
            return nil
        }
    }
}
