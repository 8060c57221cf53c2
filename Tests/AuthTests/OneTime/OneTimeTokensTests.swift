import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct OneTimeTokensTests {
    private func issue(
        _ purpose: OneTimePurpose = .resetPassword, to email: String = "ada@example.com", of user: AccountID? = nil,
        in house: House
    ) async throws -> OneTimeToken {
        let (tokens, email) = (tokens(house), try EmailAddress(email))
        return try await house.database.write { try tokens.issue(purpose, to: email, of: user, in: $0) }
    }

    private func redeem(
        _ token: OneTimeToken, _ purpose: OneTimePurpose = .resetPassword, in house: House
    ) async throws -> OneTimeGrant? {
        try await house.database.write { [tokens = tokens(house)] in try tokens.redeem(token, purpose, in: $0) }
    }

    private func tokens(_ house: House) -> OneTimeTokens { OneTimeTokens(house.database, clock: house.clock) }

    @Test func `a token is good once`() async throws {
        let house = try await House()
        let user = try await house.registered("ada@example.com")
        let token = try await issue(of: user, in: house)
        let grant = OneTimeGrant(email: try EmailAddress("ada@example.com"), user: user, role: nil)
        #expect(try await redeem(token, in: house) == grant)
        #expect(try await redeem(token, in: house) == nil)
    }

    @Test func `of many who bring a token at once, one gets something for it`() async throws {
        let house = try await House()
        for _ in 0..<10 {
            let token = try await issue(in: house)
            let grants = try await withThrowingTaskGroup(of: OneTimeGrant?.self) { group in
                for _ in 0..<12 { group.addTask { try await redeem(token, in: house) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(grants.compactMap(\.self).count == 1)
        }
    }

    @Test(
        arguments: zip(
            OneTimePurpose.allCases, [Duration.seconds(24 * 3600), .seconds(30 * 60), .seconds(7 * 24 * 3600)]))
    func `a token lives as long as its purpose allows`(purpose: OneTimePurpose, life: Duration) async throws {
        let house = try await House()
        let (early, late) = (
            try await issue(purpose, in: house), try await issue(purpose, to: "grace@example.com", in: house)
        )
        house.clock.advance(by: life - .milliseconds(1))
        #expect(try await redeem(early, purpose, in: house) != nil)
        house.clock.advance(by: .milliseconds(1))
        #expect(try await redeem(late, purpose, in: house) == nil)
        #expect(try await tokens(house).removeExpired() == 1)
        #expect(try await tokens(house).removeExpired() == 0)
    }

    @Test func `a token is good for its purpose only, and being tried for another does not spend it`() async throws {
        let house = try await House()
        for purpose in OneTimePurpose.allCases {
            let token = try await issue(purpose, in: house)
            for other in OneTimePurpose.allCases where other != purpose {
                #expect(try await redeem(token, other, in: house) == nil)
            }
            #expect(try await redeem(token, purpose, in: house) != nil)
        }
    }

    @Test func `a newer token ends the older one of the same purpose and address, and no other`() async throws {
        let house = try await House()
        let older = try await issue(in: house)
        let (verification, another) = (
            try await issue(.verifyEmail, in: house), try await issue(to: "grace@example.com", in: house)
        )
        let newer = try await issue(in: house)
        #expect(try await redeem(older, in: house) == nil)
        #expect(try await redeem(newer, in: house) != nil)
        #expect(try await redeem(verification, .verifyEmail, in: house) != nil)
        #expect(try await redeem(another, in: house)?.email.text == "grace@example.com")
    }

    @Test func `however many are asked for at once, one is good`() async throws {
        let house = try await House()
        let issued = try await withThrowingTaskGroup(of: OneTimeToken.self) { group in
            for _ in 0..<12 { group.addTask { try await issue(in: house) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        var good = 0
        for token in issued where try await redeem(token, in: house) != nil { good += 1 }
        #expect(good == 1)
    }

    @Test func `what is guessed or changed is no token`() async throws {
        let house = try await House()
        let token = try await issue(in: house)
        #expect(try await redeem(.random(), in: house) == nil)
        let text = token.text
        for index in text.indices {
            var changed = text
            changed.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
            guard let other = OneTimeToken(changed) else { continue }
            #expect(try await redeem(other, in: house) == nil)
        }
        for other in ["", "x", text + "=", text + "A", String(text.dropLast()), " " + text, text + "\u{0}"] {
            #expect(OneTimeToken(other) == nil)
        }
        #expect(OneTimeToken(text) == token)
        #expect(try await redeem(token, in: house) != nil)
    }

    @Test func `the database has nothing of a token but its hash, and nothing prints it`() async throws {
        let house = try await House()
        let token = try await issue(in: house)
        let secret = try #require(Base64URL.decode(token.text))
        #expect(try await !house.everything(in: "one_time_tokens").reveal(secret))
        var dumped = ""
        dump(token, to: &dumped)
        dump(AccountMail.invitation(try EmailAddress("ada@example.com"), .admin, token), to: &dumped)
        #expect(!"\(token) \(dumped)".contains(token.text))
    }

    @Test func `tokens of a removed user go with them`() async throws {
        let house = try await House()
        let user = try await house.registered("ada@example.com")
        let token = try await issue(of: user, in: house)
        try await house.execute("DELETE FROM users WHERE id = \(user)")
        #expect(try await redeem(token, in: house) == nil)
    }
}
