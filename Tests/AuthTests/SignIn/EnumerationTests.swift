import Testing

@testable import Auth

/// Whether an address is registered must not be learned by trying to sign in.
@Suite(.serialized) struct EnumerationTests {
    @Test func `an unknown user and a wrong password give the same error`() async throws {
        let house = try await House()
        try await house.register("ada@example.com")
        for (email, password) in [
            ("ada@example.com", "wrong horse"), ("nobody@example.com", House.password), ("not an address", "x"),
            ("ada@example.com", String(repeating: "x", count: 100_000)),
        ] {
            await #expect(throws: AuthError.wrongCredentials) { try await house.login(email, password: password) }
        }
    }

    /// Roughly: a missing Argon2id run would make one of them twenty times faster.
    @Test func `an unknown user costs as much time as a wrong password`() async throws {
        let house = try await House(cost: .standard)
        try await house.register("ada@example.com")
        var (known, unknown): ([Duration], [Duration]) = ([], [])
        for _ in 0..<15 {
            known.append(await time { try await house.login("ada@example.com", password: "wrong horse") })
            unknown.append(await time { try await house.login("nobody@example.com", password: "wrong horse") })
        }
        let ratio = known.sorted()[7] / unknown.sorted()[7]
        #expect((0.5...2).contains(ratio), "known/unknown = \(ratio)")
    }

    @Test func `registering by mail costs a known address as much time as a new one`() async throws {
        let house = try await House(
            cost: .standard, registration: Registration(.open, requiresVerifiedEmail: true))
        func register(_ email: String) async throws {
            try await house.signIn.registerByMail(
                email: email, password: House.password, from: House.origin, mail: { _, _ in })
        }
        try await register("ada@example.com")
        var (known, unknown): ([Duration], [Duration]) = ([], [])
        for number in 0..<15 {
            known.append(await time { try await register("ada@example.com") })
            unknown.append(await time { try await register("user\(number)@example.com") })
        }
        let ratio = known.sorted()[7] / unknown.sorted()[7]
        #expect((0.5...2).contains(ratio), "known/unknown = \(ratio)")
    }

    /// No hash drowns the difference here: the statements are to be the same.
    @Test func `asking for a new password costs an unknown address as much time as a known one`() async throws {
        let house = try await House()
        try await house.register("ada@example.com")
        var (known, unknown): ([Duration], [Duration]) = ([], [])
        for _ in 0..<201 {
            known.append(await time { try await house.resetToken(for: "ada@example.com") })
            unknown.append(await time { try await house.resetToken(for: "nobody@example.com") })
        }
        let ratio = known.sorted()[100] / unknown.sorted()[100]
        #expect((0.5...2).contains(ratio), "known/unknown = \(ratio)")
    }

    private func time<Answer>(_ work: () async throws -> Answer) async -> Duration {
        await ContinuousClock().measure { _ = try? await work() }
    }
}
