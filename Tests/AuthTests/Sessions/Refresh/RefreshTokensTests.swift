import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct RefreshTokensTests {
    private let grace = RefreshTokens.standardGrace

    @Test func `each token is traded for the next, and the session goes on`() async throws {
        let family = try await RefreshHouse()
        var token = family.first
        for generation in 1...20 as ClosedRange<Int64> {
            family.house.clock.advance(by: .seconds(1800))
            let grant = try await family.tokens.refresh(token)
            #expect(grant.token.generation == generation && grant.token.secret != token.secret)
            #expect(grant.session.id == family.session.id && grant.session.user == family.session.user)
            #expect(grant.expiresAt == family.session.expiresAt)
            token = grant.token
        }
        #expect(try await family.count() == 21)
    }

    @Test func `of 100 clients that refresh at once all get the same child, and nobody is alarmed`() async throws {
        let family = try await RefreshHouse()
        let children = try await withThrowingTaskGroup(of: RefreshToken.self) { group in
            for _ in 0..<100 { group.addTask { try await family.refresh(family.first) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(children.count == 100 && children.allSatisfy { $0 == children[0] })
        #expect(try await family.count() == 2)
        #expect(try await family.refresh(children[0]).generation == 2)
    }

    @Test func `the same holds in transactions of the caller's own`() async throws {
        let family = try await RefreshHouse()
        let children = try await withThrowingTaskGroup(of: RefreshToken?.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    guard case .refreshed(let grant) = try await family.outcome(of: family.first) else { return nil }
                    return grant.token
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(children.count == 20 && children.allSatisfy { $0 != nil && $0 == children[0] })
        #expect(try await family.count() == 2)
    }

    @Test func `a sign-out among refreshes leaves no token that works`() async throws {
        let family = try await RefreshHouse()
        let granted = try await withThrowingTaskGroup(of: RefreshToken?.self) { group in
            for number in 0..<20 {
                group.addTask {
                    guard number != 10 else {
                        try await family.house.signOut(family.session)
                        return nil
                    }
                    return try? await family.refresh(family.first)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for token in granted.compactMap(\.self) + [family.first] {
            await #expect(throws: AuthError.sessionEnded) { try await family.refresh(token) }
        }
    }

    @Test func `within the window a spent token gets the child it has, however often`() async throws {
        let family = try await RefreshHouse()
        let child = try await family.refresh(family.first)
        family.house.clock.advance(by: grace - .milliseconds(1))
        #expect(try await family.refresh(family.first) == child)
        #expect(try await family.refresh(family.first) == child)
        let grandchild = try await family.refresh(child)
        #expect(try await family.refresh(family.first) == child, "also when the child was spent meanwhile")
        #expect(try await family.refresh(child) == grandchild)
    }

    @Test func `a repeat does not make the window longer`() async throws {
        let family = try await RefreshHouse()
        _ = try await family.refresh(family.first)
        family.house.clock.advance(by: .seconds(29))
        _ = try await family.refresh(family.first)
        family.house.clock.advance(by: .seconds(1))
        await #expect(throws: AuthError.sessionEnded) { try await family.refresh(family.first) }
    }

    @Test func `reuse after the window ends the session: its tokens, its cookie, its access`() async throws {
        let family = try await RefreshHouse()
        let cookie = try #require(try await family.house.cookie(of: family.session))
        let access = try family.house.tokens.issue(for: family.session)
        let child = try await family.refresh(family.first)
        let other = try await family.house.another(for: family.session.user)
        family.house.clock.advance(by: grace)

        guard case .reused(let user, let session) = try await family.outcome(of: family.first) else {
            Issue.record("a reuse is told")
            return
        }
        #expect(user == family.session.user && session == family.session.id)
        await #expect(throws: AuthError.sessionEnded) { try await family.refresh(child) }
        await #expect(throws: AuthError.sessionEnded) { try await family.house.authenticate(access) }
        await #expect(throws: AuthError.sessionEnded) { try await family.house.authenticate(cookie) }
        #expect(try await family.house.sessions.list(of: user).map(\.id) == [other.id], "no other session does")
    }

    @Test func `the end of a family is kept although the refresh is refused`() async throws {
        let family = try await RefreshHouse()
        let child = try await family.refresh(family.first)
        family.house.clock.advance(by: grace)
        await #expect(throws: AuthError.sessionEnded) { try await family.refresh(family.first) }
        await #expect(throws: AuthError.sessionEnded) { try await family.refresh(child) }
        #expect(try await !family.isLive())
    }

    @Test func `a signed-out session's token is refused at once`() async throws {
        let family = try await RefreshHouse()
        let child = try await family.refresh(family.first)
        try await family.house.signOut(family.session)
        for token in [family.first, child] {
            await #expect(throws: AuthError.sessionEnded) { try await family.refresh(token) }
        }
    }

    @Test func `a guessed token ends nothing`() async throws {
        let family = try await RefreshHouse()
        let child = try await family.refresh(family.first)
        family.house.clock.advance(by: .seconds(3600))
        for generation in [0, 1, 2, .max] as [Int64] {
            let forged = RefreshToken(session: family.session.id, generation: generation, secret: .random())
            guard case .refused = try await family.outcome(of: forged) else {
                Issue.record("generation \(generation) was not refused")
                continue
            }
        }
        let stranger = RefreshToken(session: .random(), generation: 1, secret: child.secret)
        await #expect(throws: AuthError.sessionEnded) { try await family.refresh(stranger) }
        #expect(try await family.refresh(child).generation == 2)
    }

    @Test func `a token ends with its session, and asking keeps an idle session alive`() async throws {
        let day = Duration.seconds(24 * 60 * 60)
        let family = try await RefreshHouse(sessions: { Sessions($0.database, clock: $0.clock, idleLife: day) })
        var token = family.first
        for _ in 0..<7 {
            family.house.clock.advance(by: day - .milliseconds(1))
            token = try await family.refresh(token)
        }
        family.house.clock.advance(by: .milliseconds(7))
        await #expect(throws: AuthError.sessionEnded, "the absolute end") { try await family.refresh(token) }

        let idle = try await RefreshHouse(sessions: { Sessions($0.database, clock: $0.clock, idleLife: day) })
        idle.house.clock.advance(by: day)
        await #expect(throws: AuthError.sessionEnded, "the idle end") { try await idle.refresh(idle.first) }
    }

    @Test func `a refresh is a use of the session, recorded at most once a minute`() async throws {
        let family = try await RefreshHouse()
        family.house.clock.advance(by: .seconds(59))
        let child = try await family.refresh(family.first)
        #expect(try await family.house.usedAt(family.session) == family.session.createdAt)
        family.house.clock.advance(by: .seconds(1))
        _ = try await family.refresh(child)
        #expect(try await family.house.usedAt(family.session) == family.house.clock.now())
    }

    @Test func `a token not used in its own life is refused, and that is no alarm`() async throws {
        let family = try await RefreshHouse(life: .seconds(3600))
        family.house.clock.advance(by: .milliseconds(3_599_999))
        let child = try await family.refresh(family.first)
        family.house.clock.advance(by: .seconds(3600))
        await #expect(throws: AuthError.sessionEnded) { try await family.refresh(child) }
        #expect(try await family.isLive())
        await #expect(throws: AuthError.sessionEnded) { try await family.refresh(family.first) }
        #expect(try await !family.isLive(), "a spent one is an alarm however old it is")
    }

    @Test func `secrets are rotated while clients refresh`() async throws {
        let family = try await RefreshHouse()
        let fresh = NamedSecret.random()
        let (ahead, behind) = (
            family.tokens(secrets: [fresh] + family.secrets), family.tokens(secrets: family.secrets + [fresh])
        )
        let child = try await behind.refresh(family.first).token
        #expect(try await ahead.refresh(family.first).token == child)
        let grandchild = try await ahead.refresh(child).token
        #expect(try await behind.refresh(child).token == grandchild)
        let only = family.tokens(secrets: [fresh])
        #expect(try await only.refresh(grandchild).token.generation == 3, "a fresh token needs no old secret")
    }

    @Test func `a child whose secret is gone is refused, and that is no alarm`() async throws {
        let family = try await RefreshHouse()
        let child = try await family.refresh(family.first)
        await #expect(throws: AuthError.sessionEnded) {
            try await family.tokens(secrets: [.random()]).refresh(family.first)
        }
        #expect(try await family.refresh(child).generation == 2)
    }

    @Test func `a session has one family`() async throws {
        let family = try await RefreshHouse()
        await #expect(throws: DatabaseError.self) {
            try await family.house.database.write { try family.tokens.start(for: family.session, in: $0) }
        }
    }

    @Test func `the database holds hashes alone, and a removed user leaves none`() async throws {
        let family = try await RefreshHouse()
        let child = try await family.refresh(family.first)
        let stored = try await family.house.everything(in: "refresh_tokens")
        for secret in [family.first.secret, child.secret] + family.secrets.map(\.secret) {
            #expect(!stored.reveal(secret.bytes))
        }
        try await family.house.execute("DELETE FROM users WHERE id = \(family.session.user)")
        #expect(try await family.count() == 0)
    }
}
