import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct AuditLogTests {
    private func entries(_ filter: AuditFilter = AuditFilter(), in house: House) async throws -> [AuditEntry] {
        try await house.database.read { [audit = house.audit] in
            try audit.list(filter, PageRequest(limit: 200), in: $0).items
        }
    }

    private func append(_ event: AuditEvent, in house: House) async throws {
        try await house.database.write { [audit = house.audit] in try audit.append(event, in: $0) }
    }

    @Test func `an entry is kept as it was written`() async throws {
        let house = try await House()
        let (user, key) = (AccountID.random(), Identifier<APIKey>.random())
        for actor in [AuditActor.user(user), .apiKey(key), .system, .unknown] {
            let event = AuditEvent(
                .roleChanged, of: user, by: actor, from: House.origin,
                ["to": "admin", "count": 3, "forced": true, "quote": "\"\\\u{1F600}"])
            try await append(event, in: house)
            let read = try #require(try await entries(AuditFilter(actor: actor), in: house).first)
            #expect(read.event == event && read.createdAt == house.clock.now())
        }
        let bare = AuditEvent(.accountInvited, of: nil, by: .system, from: nil)
        try await append(bare, in: house)
        #expect(try await entries(AuditFilter(action: .accountInvited), in: house).map(\.event) == [bare])
    }

    @Test func `every way of an account leaves its trace`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let access = try await house.login("ada@example.com")
        _ = try? await house.login("ada@example.com", password: "wrong horse")
        let changed = try await house.signIn.changePassword(
            of: ada.id, in: access.session, from: House.password, to: "another battery staple", origin: House.origin)
        try await house.signIn.logout(changed.session, of: ada.id, from: House.origin)
        try await house.signIn.logout(changed.session, of: ada.id, from: House.origin)
        let token = try #require(try await house.resetToken(for: "ada@example.com"))
        try await house.signIn.reset(token, password: House.password, from: House.origin)
        try await house.signIn.confirm(password: House.password, for: ada.id, from: House.origin)
        let keys = APIKeys(house.database, clock: house.clock)
        let key = try await keys.create(for: ada.id, name: #require(UserName("Studio"))).key
        try await keys.revoke(key.id, of: ada.id)
        try await keys.revoke(key.id, of: ada.id)
        try await house.administration.setRole(of: ada.id, to: .admin, by: .system)
        try await house.administration.disable(ada.id, by: .system)
        try await house.administration.enable(ada.id, by: .system)
        let expected: [AuditAction] = [
            .accountCreated, .signedIn, .signInFailed, .passwordChanged, .sessionRevoked, .passwordResetRequested,
            .passwordReset, .passwordConfirmed, .apiKeyCreated, .apiKeyRevoked, .roleChanged, .accountDisabled,
            .accountEnabled,
        ]
        #expect(try await house.actions(of: ada.id) == expected.sorted { $0.rawValue < $1.rawValue })
    }

    @Test func `a refresh token that comes back late is an entry, once`() async throws {
        let family = try await RefreshHouse()
        _ = try await family.refresh(family.first)
        family.house.clock.advance(by: RefreshTokens.standardGrace)
        for _ in 0..<2 {
            await #expect(throws: AuthError.sessionEnded) {
                try await family.tokens.refresh(family.first, from: House.origin)
            }
        }
        let reused = try await entries(AuditFilter(action: .refreshReused), in: family.house)
        #expect(reused.map(\.event.subject) == [family.session.user])
        #expect(reused.map(\.event.origin) == [House.origin])
    }

    @Test func `of a failed sign-in nothing is kept that was typed`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let typed = ["my secret passphrase", "passphrase@example.com", "ada@example.com"]
        for email in typed { _ = try? await house.login(email, password: "what I typed") }
        let failed = try await entries(AuditFilter(action: .signInFailed), in: house)
        #expect(failed.count == 3 && failed.compactMap(\.event.subject) == [ada.id])
        let everything = String(describing: try await house.everything(in: "audit_log"))
        for text in ["passphrase", "what I typed", "@"] { #expect(!everything.contains(text)) }
    }

    @Test func `the right password that does not let in is a failure with its reason`() async throws {
        let house = try await House(registration: Registration(.closed, requiresVerifiedEmail: true))
        for (email, isVerified) in [("ada@example.com", true), ("grace@example.com", false)] {
            let user = try await house.administration.create(
                email: email, password: House.password, isVerified: isVerified, by: .system)
            if isVerified { try await house.administration.disable(user.id, by: .system) }
            await #expect(throws: AuthError.self) { try await house.login(email) }
            let failed = try await entries(AuditFilter(action: .signInFailed, subject: user.id), in: house)
            let reason: AuditDetail.Value = isVerified ? "account disabled" : "email not verified"
            #expect(failed.map(\.event.detail.values["reason"]) == [reason])
        }
    }

    @Test func `no secret of any flow is in the log`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let token = try #require(try await house.resetToken(for: "ada@example.com"))
        try await house.signIn.reset(token, password: "another battery staple", from: House.origin)
        let key = try await APIKeys(house.database, clock: house.clock)
            .create(for: ada.id, name: #require(UserName("Studio"))).secret
        let stored = try #require(try await house.passwordHash(of: ada))
        let everything = String(describing: try await house.everything(in: "audit_log"))
        for text in [token, "battery", key.text, stored] { #expect(!everything.contains(text)) }
    }

    @Test func `what is undone leaves no entry`() async throws {
        struct Undone: Error {}
        let house = try await House()
        let session = try await house.start()
        let administration = house.administration
        await #expect(throws: Undone.self) {
            try await house.database.write {
                try administration.setRole(of: session.user, to: .admin, by: .system, in: $0)
                throw Undone()
            }
        }
        #expect(try await entries(in: house).isEmpty)
        #expect(try await house.find(session.user)?.role == .user)
    }

    @Test func `a user reads what happened to them page by page, the newest first, and nothing of others`()
        async throws
    {
        let house = try await House()
        let (ada, grace) = (try await house.register("ada@example.com"), try await house.register("grace@example.com"))
        for number in 0..<7 {
            house.clock.advance(by: .milliseconds(number % 2))
            _ = try await house.login("ada@example.com")
            _ = try await house.login("grace@example.com")
        }
        var (seen, after) = ([AuditEntry](), PageCursor?.none)
        repeat {
            let request = PageRequest(limit: 3, after: after)
            let page = try await house.database.read { [audit = house.audit] in
                try audit.list(of: ada.id, request, in: $0)
            }
            seen += page.items
            after = page.next
        } while after != nil
        #expect(seen.count == 8 && Set(seen.map(\.id)).count == 8)
        #expect(seen.allSatisfy { $0.event.subject == ada.id })
        #expect(seen.map(\.createdAt) == seen.map(\.createdAt).sorted(by: >))
        let all = try await house.database.read { [audit = house.audit] session in
            var all = [AuditEntry]()
            try audit.each(of: ada.id, in: session) { all.append($0) }
            return all
        }
        #expect(all == seen)
        #expect(try await entries(AuditFilter(subject: grace.id), in: house).count == 8)
    }

    @Test func `those who look after accounts ask by action, actor, subject and time`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        let begin = house.clock.now()
        house.clock.advance(by: .seconds(60))
        _ = try await house.login("ada@example.com")
        try await house.administration.disable(ada.id, by: .system)
        #expect(try await entries(AuditFilter(action: .signedIn), in: house).count == 1)
        #expect(try await entries(AuditFilter(actor: .system), in: house).map(\.event.action) == [.accountDisabled])
        #expect(try await entries(AuditFilter(actor: .user(ada.id)), in: house).count == 2)
        #expect(try await entries(AuditFilter(since: begin + .seconds(60)), in: house).count == 2)
        #expect(try await entries(AuditFilter(before: begin + .seconds(60)), in: house).count == 1)
        #expect(try await entries(AuditFilter(action: .signedIn, actor: .system), in: house).isEmpty)
        #expect(try await entries(AuditFilter(subject: .random()), in: house).isEmpty)
    }

    @Test func `entries go when they are 400 days old`() async throws {
        let house = try await House()
        try await house.register("ada@example.com")
        house.clock.advance(by: AuditLog.standardRetention)
        #expect(try await house.audit.removeOld() == 0)
        house.clock.advance(by: .milliseconds(1))
        #expect(try await house.audit.removeOld() == 1)
        #expect(try await entries(in: house).isEmpty)
    }

    @Test func `an entry reads as plain JSON`() async throws {
        let house = try await House()
        let user = AccountID.random()
        try await append(
            AuditEvent(.roleChanged, of: user, by: .system, from: House.origin, ["to": "admin", "n": 2]), in: house)
        let entry = try #require(try await entries(in: house).first)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = String(decoding: try encoder.encode(entry), as: UTF8.self)
        #expect(
            json == """
                {"action":"role.changed","actor":{"kind":"system"},"address":"192.0.2.1",\
                "created_at":"\(entry.createdAt)","detail":{"n":2,"to":"admin"},"device":"Phone","id":"\(entry.id)",\
                "subject":"\(user)"}
                """)
    }
}
