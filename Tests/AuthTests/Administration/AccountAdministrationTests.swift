import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct AccountAdministrationTests {
    @Test func `a user is made with a role, whoever may register`() async throws {
        let house = try await House(registration: Registration(.closed, requiresVerifiedEmail: true))
        let ada = try await house.administration.create(
            email: "Ada@example.com", name: "Ada", role: .admin, password: House.password, isVerified: true,
            by: .system)
        #expect(ada.role == .admin && ada.emailVerifiedAt != nil)
        #expect(try await house.find(ada.id) == ada)
        let access = try await house.login("ada@example.com")
        #expect(try await house.authenticate(access.token)?.role == .admin)
        await #expect(throws: AuthError.emailTaken) {
            try await house.administration.create(email: "ada@example.com", by: .system)
        }
        await #expect(throws: AuthError.passwordRefused(.tooShort)) {
            try await house.administration.create(email: "grace@example.com", password: "short", by: .system)
        }
    }

    @Test func `a user made without a password has a link mailed to choose one`() async throws {
        let house = try await House()
        _ = try await house.administration.create(email: "ada@example.com", by: .system)
        #expect(try await !house.canSignIn())
        let token = try #require(try await house.resetToken(for: "ada@example.com"))
        try await house.signIn.reset(token, password: House.password, from: House.origin)
        #expect(try await house.canSignIn())
    }

    @Test func `another role ends the sessions, and counts at once for what is left`() async throws {
        let family = try await RefreshHouse()
        let (house, user) = (family.house, family.session.user)
        let keys = APIKeys(house.database, clock: house.clock)
        let key = try await keys.create(for: user, name: #require(UserName("Studio"))).secret
        #expect(try await house.administration.setRole(of: user, to: .service, by: .system))
        await #expect(throws: AuthError.sessionEnded) {
            try await house.authenticate(try house.tokens.issue(for: family.session))
        }
        await #expect(throws: AuthError.sessionEnded) { try await family.refresh(family.first) }
        let principal = try await APIKeyAuthenticator(house.database, keys: keys)
            .authenticate(Credentials(apiKey: key.text))
        #expect(principal?.role == .service)
        #expect(principal.map(AuditActor.init) == .apiKey(try #require(try await keys.list(of: user).first).id))
    }

    @Test func `keys that were made before do not become an administrator's`() async throws {
        let house = try await House()
        let user = try await house.register("ada@example.com").id
        let keys = APIKeys(house.database, clock: house.clock)
        let key = try await keys.create(for: user, name: #require(UserName("Studio"))).secret
        #expect(try await house.administration.setRole(of: user, to: .admin, by: .system))
        await #expect(throws: AuthError.apiKeyRefused) {
            try await APIKeyAuthenticator(house.database, keys: keys).authenticate(Credentials(apiKey: key.text))
        }
    }

    @Test func `the role that a user has ends nothing`() async throws {
        let house = try await House()
        let session = try await house.start()
        #expect(try await !house.administration.setRole(of: session.user, to: .user, by: .system))
        #expect(try await !house.administration.setRole(of: .random(), to: .admin, by: .system))
        #expect(try await house.authenticate(try house.tokens.issue(for: session)) != nil)
        #expect(try await house.actions(of: session.user).isEmpty)
    }

    @Test func `a disabled user is locked out with the next request, and learns why by the right password`()
        async throws
    {
        let family = try await RefreshHouse()
        let house = family.house
        let ada = try await house.register("grace@example.com")
        let access = try await house.login("grace@example.com")
        #expect(try await house.administration.disable(ada.id, by: .system))
        #expect(try await !house.administration.disable(ada.id, by: .system))
        await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(access.token) }
        await #expect(throws: AuthError.accountDisabled) { try await house.login("grace@example.com") }
        await #expect(throws: AuthError.wrongCredentials) {
            try await house.login("grace@example.com", password: "wrong horse")
        }
        #expect(try await house.authenticate(try house.tokens.issue(for: family.session)) != nil, "nobody else is")
        #expect(try await house.administration.enable(ada.id, by: .system))
        #expect(try await !house.administration.enable(ada.id, by: .system))
        await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(access.token) }
        _ = try await house.login("grace@example.com")
    }

    @Test func `nobody is signed in who was disabled at the same time`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        for _ in 0..<Rounds.count(15) {
            let signIns = Task {
                await withTaskGroup(of: AccessToken?.self) { group in
                    for _ in 0..<4 { group.addTask { try? await house.login("ada@example.com") } }
                    return await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
                }
            }
            try await house.administration.disable(ada.id, by: .system)
            for access in await signIns.value {
                await #expect(throws: AuthError.sessionEnded) { try await house.authenticate(access.token) }
            }
            #expect(try await house.sessions.list(of: ada.id).isEmpty)
            try await house.administration.enable(ada.id, by: .system)
        }
    }

    @Test func `users are listed page by page, the newest first`() async throws {
        let house = try await House()
        var made = [AccountID]()
        for number in 0..<7 {
            made.append(try await house.registered("user\(number)@example.com"))
            if number % 3 == 0 { house.clock.advance(by: .seconds(1)) }
        }
        let users = Users(house.database)
        var (seen, after) = ([User](), PageCursor?.none)
        repeat {
            let request = PageRequest(limit: 3, after: after)
            let page = try await house.database.read { try users.list(request, in: $0) }
            seen += page.items
            after = page.next
        } while after != nil
        #expect(seen.count == 7 && Set(seen.map(\.id)) == Set(made))
        #expect(seen.map(\.createdAt) == seen.map(\.createdAt).sorted(by: >))
        #expect(try await users.find(EmailAddress("user3@example.com"))?.id == made[3])
        #expect(try await users.find(EmailAddress("nobody@example.com")) == nil)
    }
}
