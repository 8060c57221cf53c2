import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct PasswordChangeTests {
    private let new = "another battery staple"

    private func change(
        _ user: AccountID, in session: Identifier<Session>, from old: String = House.password, to new: String,
        of house: House
    ) async throws(AuthError) -> AccessToken {
        try await house.signIn.changePassword(of: user, in: session, from: old, to: new, origin: House.origin)
    }

    @Test func `who knows the old password sets a new one`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let access = try await house.login("ada@example.com")
        _ = try await change(ada.id, in: access.session, to: new, of: house)
        #expect(try await !house.canSignIn())
        #expect(try await house.canSignIn(password: new))
    }

    @Test func `the device goes on in a session of another name, and every older one is over`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let (asking, other) = (
            try await house.signIn.login(email: "ada@example.com", password: House.password, from: House.origin),
            try await house.login("ada@example.com")
        )
        let cookie = try #require(
            try await house.database.write { try house.sessions.renewCookie(of: asking.session, of: ada.id, in: $0) })
        let renewed = try await change(ada.id, in: asking.session, to: new, of: house)
        #expect(renewed.session != asking.session && renewed.user.id == ada.id)
        #expect(try await house.authenticate(renewed.token)?.session == renewed.session)
        #expect(try await house.sessions.list(of: ada.id).map(\.device) == [House.origin.device])
        for token in [asking.token, other.token] {
            await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(token) }
        }
        await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(cookie) }
    }

    @Test func `a session that was left open is not enough`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let access = try await house.login("ada@example.com")
        for wrong in ["wrong horse", "", String(repeating: "x", count: 100_000), new] {
            await #expect(throws: AuthError.wrongCredentials) {
                try await change(ada.id, in: access.session, from: wrong, to: new, of: house)
            }
        }
        #expect(try await house.canSignIn())
        #expect(try await house.authenticate(access.token) != nil)
    }

    @Test func `a session of somebody else, or one that is over, changes nothing`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        try await house.register("grace@example.com")
        let (access, grace) = (try await house.login("ada@example.com"), try await house.login("grace@example.com"))
        try await house.signIn.logout(access.session, of: ada.id)
        for session in [grace.session, access.session, .random()] {
            await #expect(throws: AuthError.sessionEnded) {
                try await change(ada.id, in: session, to: new, of: house)
            }
        }
        #expect(try await house.canSignIn())
        #expect(try await house.authenticate(grace.token) != nil)
    }

    @Test func `a new password is held to the rules before the old one is asked for`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let access = try await house.login("ada@example.com")
        await #expect(throws: AuthError.passwordRefused(.tooShort)) {
            try await change(ada.id, in: access.session, to: "short", of: house)
        }
        #expect(try await house.actions(of: ada.id) == [.accountCreated, .signedIn])
    }

    @Test func `a confirmation asks for the password, and counts with the sign-ins`() async throws {
        let house = try await House(perAccount: RateLimit(4, per: .seconds(900)))
        let ada = try await house.register("ada@example.com")
        try await house.signIn.confirm(password: House.password, for: ada.id, from: House.origin)
        for _ in 0..<2 {
            await #expect(throws: AuthError.wrongCredentials) {
                try await house.signIn.confirm(password: "wrong horse", for: ada.id, from: House.origin)
            }
        }
        await #expect(throws: AuthError.wrongCredentials) {
            try await house.login("ada@example.com", password: "wrong horse", from: House.origin.address)
        }
        let error = await #expect(throws: AuthError.self) {
            try await house.signIn.confirm(password: House.password, for: ada.id, from: House.origin)
        }
        guard case .tooManyAttempts = error else {
            Issue.record("expected a limit, got \(String(describing: error))")
            return
        }
    }

    @Test func `who has no password confirms nothing with one`() async throws {
        let house = try await House()
        let user = try await house.registered("ada@example.com")
        for password in ["", House.password] {
            await #expect(throws: AuthError.wrongCredentials) {
                try await house.signIn.confirm(password: password, for: user, from: House.origin)
            }
        }
        await #expect(throws: AuthError.sessionEnded) {
            try await house.signIn.confirm(password: House.password, for: .random(), from: House.origin)
        }
    }

    /// The password is checked outside of a transaction: what was right then may be wrong when the session starts.
    @Test(.timeLimit(.minutes(Rounds.minutes)))
    func `nobody who signs in with the old password stays signed in after a change`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        var (password, access) = (House.password, try await house.login("ada@example.com"))
        for round in 0..<Rounds.count(15) {
            let (old, new, asking) = (password, "password of round \(round)", access.session)
            let signIns = Task {
                await withTaskGroup(of: AccessToken?.self) { group in
                    for _ in 0..<4 { group.addTask { try? await house.login("ada@example.com", password: old) } }
                    return await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
                }
            }
            access = try await change(ada.id, in: asking, from: old, to: new, of: house)
            let begun = await signIns.value
            for stranger in begun {
                await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(stranger.token) }
            }
            #expect(try await house.sessions.list(of: ada.id).map(\.id) == [access.session])
            password = new
        }
    }

    @Test func `of two who change a password at once, one does`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let first = try await house.login("ada@example.com")
        let second = try await house.login("ada@example.com")
        let changed = await withTaskGroup(of: String?.self) { group in
            for (number, session) in [first.session, second.session].enumerated() {
                group.addTask {
                    let password = "the choice of \(number)"
                    let access = try? await change(ada.id, in: session, to: password, of: house)
                    return access.map { _ in password }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
        }
        #expect(changed.count == 1)
        #expect(try await house.canSignIn(password: try #require(changed.first)))
    }
}
