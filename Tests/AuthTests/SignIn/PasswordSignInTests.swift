import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct PasswordSignInTests {
    @Test func `a registered user signs in and is let through until they sign out`() async throws {
        let house = try await House()
        let ada = try await house.signIn.register(
            email: " Ada@Example.com ", password: House.password, name: "Ada Lovelace")
        #expect(ada.email.text == "ada@example.com")
        #expect(ada.name?.text == "Ada Lovelace")

        let access = try await house.login("ADA@example.com")
        #expect(access.user == ada)
        #expect(access.expiresIn == .seconds(30 * 60))
        let principal = try #require(try await house.authenticate(access.token))
        #expect(principal.user == ada.id && principal.session == access.session)
        #expect(principal.method == .bearer && principal.authenticatedAt == house.clock.now())

        try await house.signIn.logout(access.session, of: ada.id)
        await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(access.token) }
    }

    @Test func `signing out ends one session and not the others`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let (phone, laptop) = (try await house.login("ada@example.com"), try await house.login("ada@example.com"))
        #expect(phone.session != laptop.session && phone.token != laptop.token)
        try await house.signIn.logout(phone.session, of: ada.id)
        try await house.signIn.logout(phone.session, of: ada.id)
        #expect(try await house.authenticate(laptop.token)?.user == ada.id)
    }

    @Test func `signing out everywhere ends all sessions of a user, or all but this one`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        try await house.register("grace@example.com")
        let grace = try await house.login("grace@example.com")
        var all = [AccessToken]()
        for _ in 0..<3 { all.append(try await house.login("ada@example.com")) }
        #expect(try await house.signIn.logoutEverywhere(ada.id, except: all[0].session) == 2)
        #expect(try await house.authenticate(all[0].token) != nil)
        #expect(try await house.signIn.logoutEverywhere(ada.id) == 1)
        #expect(try await house.signIn.logoutEverywhere(ada.id) == 0)
        for access in all {
            await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(access.token) }
        }
        #expect(try await house.authenticate(grace.token) != nil)
        #expect(try await house.actions(of: ada.id).count { $0 == .sessionRevoked } == 2)
    }

    @Test func `nobody signs out somebody else`() async throws {
        let house = try await House()
        try await house.register("ada@example.com")
        let grace = try await house.register("grace@example.com")
        let access = try await house.login("ada@example.com")
        try await house.signIn.logout(access.session, of: grace.id)
        #expect(try await house.authenticate(access.token) != nil)
    }

    @Test(arguments: ["ada@example.com", "ADA@EXAMPLE.COM", "ada@example.com "])
    func `an address is registered once, however it is spelled`(spelling: String) async throws {
        let house = try await House()
        try await house.register("ada@example.com")
        await #expect(throws: AuthError.emailTaken) { try await house.register(spelling) }
    }

    @Test func `of many who register one address at once, exactly one wins`() async throws {
        let house = try await House()
        let outcomes = await withTaskGroup(of: String.self) { group in
            for number in 0..<16 {
                group.addTask {
                    do {
                        return try await house.register("ada@example.com", password: "\(House.password) \(number)")
                            .id.text
                    } catch {
                        return String(describing: error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == AuthError.emailTaken.description } == 15)
        #expect(outcomes.count { AccountID($0) != nil } == 1)
        let users: Int? = try await house.database.read { try $0.row("SELECT COUNT(*) AS n FROM users")?.get("n") }
        #expect(users == 1)
    }

    @Test func `what breaks a rule is refused with its reason, and nobody is registered`() async throws {
        let house = try await House()
        await #expect(throws: AuthError.passwordRefused(.tooShort)) {
            try await house.register("ada@example.com", password: "1234567")
        }
        await #expect(throws: AuthError.emailRefused(.form)) { try await house.register("ada") }
        await #expect(throws: AuthError.nameRefused) {
            try await house.signIn.register(email: "ada@example.com", password: House.password, name: "A\u{0}da")
        }
        #expect(
            try await house.signIn.register(email: "ada@example.com", password: House.password, name: " ").name == nil)
    }

    @Test func `a password is kept only as an Argon2id hash`() async throws {
        let house = try await House(cost: .standard)
        let ada = try await house.register("ada@example.com")
        let stored = try #require(try await house.passwordHash(of: ada))
        #expect(stored.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
    }

    @Test func `signing in renews a hash of another cost, and the password stays right`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let older = try await PasswordHasher(cost: #require(HashingCost(memory: 32, iterations: 1, lanes: 1)))
            .hash(Password(House.password))
        try await house.execute(
            "UPDATE users SET password_hash = \(older.phc) WHERE id = \(ada.id)")
        _ = try await house.login("ada@example.com")
        let renewed = try #require(try await house.passwordHash(of: ada))
        #expect(PasswordHash(phc: renewed)?.cost == .cheap)
        _ = try await house.login("ada@example.com")
        #expect(try await house.passwordHash(of: ada) == renewed, "a hash of today's cost stays")
    }

    @Test func `a user without a password cannot sign in with one`() async throws {
        let house = try await House()
        let user = User(
            id: .random(), email: try EmailAddress("ada@example.com"), name: nil, createdAt: house.clock.now())
        try await house.database.write { try Users(house.database).create(user, passwordHash: nil, in: $0) }
        await #expect(throws: AuthError.wrongCredentials) { try await house.login("ada@example.com", password: "") }
        await #expect(throws: AuthError.wrongCredentials) { try await house.login("ada@example.com") }
    }

    @Test func `a right token prints nothing of itself`() async throws {
        let house = try await House()
        try await house.register("ada@example.com")
        let access = try await house.login("ada@example.com")
        var dumped = ""
        dump(access, to: &dumped)
        dump(Credentials(bearerToken: access.token), to: &dumped)
        #expect(!"\(access) \(dumped) \(Credentials(bearerToken: access.token))".contains(access.token.suffix(20)))
    }
}
