import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct DeviceListTests {
    @Test func `a user sees their live sessions by device, the last used first`() async throws {
        let house = try await House()
        let phone = try await house.start(on: DeviceName("Phone"))
        house.clock.advance(by: .seconds(60))
        let laptop = try await house.another(for: phone.user, on: DeviceName("Laptop"))
        let gone = try await house.another(for: phone.user, on: DeviceName("Gone"))
        _ = try await house.start("grace@example.com")
        try await house.signOut(gone)
        #expect(try await house.sessions.list(of: phone.user) == [laptop, phone])

        house.clock.advance(by: .seconds(60))
        _ = try await house.authenticate(try house.tokens.issue(for: phone))
        let listed = try await house.sessions.list(of: phone.user)
        #expect(listed.map(\.device?.text) == ["Phone", "Laptop"])
        #expect(listed.first?.usedAt == house.clock.now())
    }

    @Test func `a sign-in with a password keeps the device's name`() async throws {
        let house = try await House()
        let ada = try await house.register("ada@example.com")
        _ = try await house.signIn.login(
            email: "ada@example.com", password: House.password,
            from: RequestOrigin(address: "192.0.2.1", device: DeviceName("Phone")))
        #expect(try await house.sessions.list(of: ada.id).map(\.device?.text) == ["Phone"])
    }

    @Test func `what is over is not listed`() async throws {
        let house = try await House()
        let session = try await house.start()
        house.clock.advance(by: Sessions.standardLife)
        #expect(try await house.sessions.list(of: session.user).isEmpty)
    }

    @Test func `all sessions of a user end, but the one that is kept`() async throws {
        let house = try await House()
        let kept = try await house.start()
        let other = try await house.another(for: kept.user)
        let grace = try await house.start("grace@example.com")
        let ended = try await house.database.write {
            try house.sessions.revokeAll(of: kept.user, except: kept.id, in: $0)
        }
        #expect(ended == 1)
        #expect(try await house.authenticate(try house.tokens.issue(for: kept)) != nil)
        await #expect(throws: AuthError.sessionEnded) {
            try await house.authenticate(try house.tokens.issue(for: other))
        }
        let rest = try await house.database.write { try house.sessions.revokeAll(of: kept.user, in: $0) }
        #expect(rest == 1)
        #expect(try await house.sessions.list(of: kept.user).isEmpty)
        #expect(try await house.authenticate(try house.tokens.issue(for: grace)) != nil)
    }

    @Test func `a list is bounded`() async throws {
        let house = try await House()
        let user = try await house.registered("ada@example.com")
        try await house.database.write { session in
            for _ in 0..<(Sessions.mostListed + 5) { _ = try house.sessions.start(for: user, in: session) }
        }
        #expect(try await house.sessions.list(of: user).count == Sessions.mostListed)
    }
}
