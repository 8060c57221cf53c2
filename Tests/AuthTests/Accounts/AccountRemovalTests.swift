import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct AccountRemovalTests {
    private func remove(
        _ user: AccountID, by actor: AuditActor? = nil, from origin: RequestOrigin? = House.origin, in house: House
    ) async throws -> RemovedAccount? {
        let users = Users(house.database, clock: house.clock)
        return try await house.database.write {
            try users.remove(user, by: actor ?? .user(user), from: origin, in: $0)
        }
    }

    /// A user with something in every table.
    private struct Resident {
        let family: RefreshHouse
        let key: APIKeySecret
        let link: String
        var house: House { family.house }
        var user: AccountID { family.session.user }

        init() async throws {
            family = try await RefreshHouse()
            _ = try await family.refresh(family.first)
            key = try await APIKeys(family.house.database, clock: family.house.clock)
                .create(for: family.session.user, name: #require(UserName("Studio")), from: House.origin).secret
            link = try #require(try await family.house.resetToken(for: "ada@example.com"))
        }
    }

    @Test func `all that is kept of a user goes, and the report says what`() async throws {
        let ada = try await Resident()
        let removed = try #require(try await remove(ada.user, in: ada.house))
        #expect(
            removed == RemovedAccount(sessions: 1, refreshTokens: 2, apiKeys: 1, links: 1, blankedEntries: 2))
        for table: SQL in ["users", "sessions", "refresh_tokens", "api_keys", "one_time_tokens"] {
            #expect(try await ada.house.everything(in: table).isEmpty)
        }
        #expect(try await remove(ada.user, in: ada.house) == nil)
    }

    @Test func `credentials and links of a removed user are dead`() async throws {
        let ada = try await Resident()
        _ = try await remove(ada.user, in: ada.house)
        let keys = APIKeys(ada.house.database, clock: ada.house.clock)
        await #expect(throws: AuthError.apiKeyRefused) {
            try await APIKeyAuthenticator(ada.house.database, keys: keys)
                .authenticate(Credentials(apiKey: ada.key.text))
        }
        await #expect(throws: AuthError.sessionEnded) {
            try await ada.house.authenticate(try ada.house.tokens.issue(for: ada.family.session))
        }
        await #expect(throws: AuthError.sessionEnded) { try await ada.family.refresh(ada.family.first) }
        await #expect(throws: AuthError.linkRefused) {
            try await ada.house.signIn.reset(ada.link, password: House.password, from: House.origin)
        }
        try await ada.house.register("ada@example.com")
        await #expect(throws: AuthError.linkRefused, "nor for who registers the address next") {
            try await ada.house.signIn.reset(ada.link, password: "a thief's own password", from: House.origin)
        }
    }

    @Test func `the log keeps what happened, and nothing of the person`() async throws {
        let ada = try await Resident()
        let before = try await ada.house.actions(of: ada.user)
        _ = try await remove(ada.user, in: ada.house)
        let after = try await ada.house.actions(of: ada.user)
        #expect(after == (before + [.accountDeleted]).sorted { $0.rawValue < $1.rawValue })
        let entries = try await ada.house.database.read { [audit = ada.house.audit] in
            try audit.list(in: $0).items
        }
        #expect(entries.allSatisfy { $0.event.origin == nil && $0.event.detail == [:] })
        let everything = String(describing: try await ada.house.everything(in: "audit_log"))
        for text in ["192.0.2.1", "Phone", "ada@", "Studio"] { #expect(!everything.contains(text)) }
    }

    @Test func `others keep what is theirs, and what an admin did to them`() async throws {
        let house = try await House()
        let (admin, ada) = (try await house.register("root@example.com"), try await house.register("ada@example.com"))
        let access = try await house.login("ada@example.com")
        try await house.administration.setRole(
            of: ada.id, to: .service, by: .user(admin.id), from: RequestOrigin(address: "198.51.100.7"))
        _ = try await remove(admin.id, in: house)
        let entries = try await house.database.read { [audit = house.audit] in
            try audit.list(of: ada.id, in: $0).items
        }
        let change = try #require(entries.first { $0.event.action == .roleChanged })
        #expect(change.event.actor == .user(admin.id) && change.event.origin == nil)
        #expect(change.event.detail == ["from": "user", "to": "service"])
        let signIn = try #require(entries.first { $0.event.action == .signedIn })
        #expect(signIn.event.origin?.address == "192.0.2.1")
        #expect(signIn.event.detail == ["session": .text(access.session.text)])
        #expect(try await house.canSignIn())
    }

    @Test func `what a program did with a key of theirs does not tell where it ran`() async throws {
        let ada = try await Resident()
        let keys = APIKeys(ada.house.database, clock: ada.house.clock)
        let key = try #require(try await keys.list(of: ada.user).first)
        let grace = try await ada.house.registered("grace@example.com")
        try await ada.house.administration.setRole(
            of: grace, to: .service, by: .apiKey(key.id), from: House.origin)
        _ = try await remove(ada.user, by: .apiKey(key.id), in: ada.house)
        let entries = try await ada.house.database.read { [audit = ada.house.audit] in
            try audit.list(AuditFilter(actor: .apiKey(key.id)), in: $0).items
        }
        #expect(Set(entries.map(\.event.action)) == [.roleChanged, .accountDeleted])
        #expect(entries.allSatisfy { $0.event.origin == nil })
    }

    @Test func `an admin who removes somebody is on record with where they were`() async throws {
        let house = try await House()
        let (admin, ada) = (try await house.register("root@example.com"), try await house.register("ada@example.com"))
        _ = try await remove(ada.id, by: .user(admin.id), in: house)
        let entries = try await house.database.read { [audit = house.audit] in
            try audit.list(AuditFilter(action: .accountDeleted), in: $0).items
        }
        #expect(entries.map(\.event.origin) == [House.origin])
    }

    @Test func `an export has all but the secrets`() async throws {
        let ada = try await Resident()
        let users = Users(ada.house.database, clock: ada.house.clock)
        let export = try #require(try await ada.house.database.read { try users.export(ada.user, in: $0) })
        #expect(export.profile.email == "ada@example.com" && !export.profile.hasPassword)
        #expect(export.sessions.map(\.id) == [ada.family.session.id])
        #expect(export.apiKeys.map(\.prefix) == [ada.key.prefix] && export.apiKeys.first?.scopes == nil)
        let json = String(decoding: try JSONEncoder().encode(export), as: UTF8.self)
        for secret in [ada.key.text, ada.family.first.text, ada.link, "hash"] { #expect(!json.contains(secret)) }
        #expect(try await ada.house.database.read { try users.export(.random(), in: $0) } == nil)
    }

    @Test func `an export has nothing of others`() async throws {
        let ada = try await Resident()
        let grace = try await ada.house.start("grace@example.com")
        let users = Users(ada.house.database, clock: ada.house.clock)
        let export = try #require(try await ada.house.database.read { try users.export(grace.user, in: $0) })
        #expect(export.sessions.map(\.id) == [grace.id] && export.apiKeys.isEmpty)
    }
}
