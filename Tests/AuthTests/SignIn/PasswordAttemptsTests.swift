import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct PasswordAttemptsTests {
    private let ten = RateLimit(10, per: .seconds(900))

    @Test func `after the limit even the right password is refused, from that address only`() async throws {
        let house = try await House(perAccount: ten)
        try await house.register("ada@example.com")
        for _ in 0..<10 {
            await #expect(throws: AuthError.wrongCredentials) {
                try await house.login("ada@example.com", password: "wrong horse", from: "198.51.100.7")
            }
        }
        let error = await #expect(throws: AuthError.self) {
            try await house.login("ada@example.com", from: "198.51.100.7")
        }
        guard case .tooManyAttempts(let wait) = error else {
            Issue.record("expected a limit, got \(String(describing: error))")
            return
        }
        #expect(wait > .zero && wait <= .seconds(900))
        _ = try await house.login("ada@example.com", from: "192.0.2.1")
        house.clock.advance(by: wait)
        _ = try await house.login("ada@example.com", from: "198.51.100.7")
    }

    @Test func `one address cannot walk through the accounts`() async throws {
        let house = try await House(perAddress: ten)
        try await house.register("ada@example.com")
        for number in 0..<10 {
            await #expect(throws: AuthError.wrongCredentials) {
                try await house.login("user\(number)@example.com", from: "198.51.100.7")
            }
        }
        await #expect(throws: AuthError.self) { try await house.login("ada@example.com", from: "198.51.100.7") }
        _ = try await house.login("ada@example.com", from: "192.0.2.1")
    }

    @Test func `another spelling of the account is the same account`() async throws {
        let house = try await House(perAccount: RateLimit(1, per: .seconds(900)))
        try await house.register("ada@example.com")
        _ = try await house.login("ada@example.com")
        await #expect(throws: AuthError.self) { try await house.login(" ADA@Example.COM") }
    }

    @Test func `the standard limits are 10 per account and address, 100 per address, and 30 an hour for strangers`() {
        #expect(PasswordAttempts.standardPerAccount == RateLimit(10, per: .seconds(900)))
        #expect(PasswordAttempts.standardPerAddress == RateLimit(100, per: .seconds(900)))
    }
}
