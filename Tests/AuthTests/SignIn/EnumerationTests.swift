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
        await expectAlike(15) { _ in
            try await house.login("ada@example.com", password: "wrong horse")
        } and: { _ in
            try await house.login("nobody@example.com", password: "wrong horse")
        }
    }

    @Test func `registering by mail costs a known address as much time as a new one`() async throws {
        let house = try await House(
            cost: .standard, registration: Registration(.open, requiresVerifiedEmail: true))
        func register(_ email: String) async throws {
            try await house.signIn.registerByMail(
                email: email, password: House.password, from: House.origin, mail: { _, _ in })
        }
        try await register("ada@example.com")
        await expectAlike(15) { _ in
            try await register("ada@example.com")
        } and: {
            try await register("user\($0)@example.com")
        }
    }

    /// No hash drowns the difference here: the statements are to be the same.
    @Test func `asking for a new password costs an unknown address as much time as a known one`() async throws {
        let house = try await House()
        try await house.register("ada@example.com")
        await expectAlike(101) { _ in
            try await house.resetToken(for: "ada@example.com")
        } and: { _ in
            try await house.resetToken(for: "nobody@example.com")
        }
    }

    /// Compares the least times, as a machine that does other things too only adds to them; and up to five times, as it may
    /// add to all that one of the two did.
    ///
    /// - Parameter count: of each, in turn; they are told which one they are.
    private func expectAlike<Answer>(
        _ count: Int, _ known: (Int) async throws -> Answer, and unknown: (Int) async throws -> Answer
    ) async {
        var ratios: [Double] = []
        for round in 0..<5 {
            var (ofKnown, ofUnknown): ([Duration], [Duration]) = ([], [])
            for number in round * count..<(round + 1) * count {
                ofKnown.append(await time { try await known(number) })
                ofUnknown.append(await time { try await unknown(number) })
            }
            let ratio = ofKnown.sorted()[0] / ofUnknown.sorted()[0]
            if (0.5...2).contains(ratio) { return }
            ratios.append(ratio)
        }
        Issue.record("known/unknown = \(ratios)")
    }

    private func time<Answer>(_ work: () async throws -> Answer) async -> Duration {
        await ContinuousClock().measure { _ = try? await work() }
    }
}
