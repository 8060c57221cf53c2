import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import Auth

/// A user, an admin and the holders of old passwords, links and sessions in any order, against a model of what may work.
@Suite(.timeLimit(.minutes(Rounds.minutes))) struct AccountInterleavingTests {
    private static let rounds = Rounds.count(FreshDatabase.postgresURL == nil ? 30 : 8)

    /// What an account is, without a database.
    private struct Model {
        var password = House.password
        var isDisabled = false
        var role = Role.user
        var isVerified = false
        var resetLink: String?
        var verifyLink: String?
        var live: [AccessToken] = []
        var over: [AccessToken] = []
        var spent: [String] = []

        mutating func endSessions() {
            over += live
            live = []
        }

        mutating func endReset() {
            if let resetLink { spent.append(resetLink) }
            resetLink = nil
        }
    }

    @Test func `whatever happens in whichever order, only what should work works`() async throws {
        var (resets, changes, refusals) = (0, 0, 0)
        for seed in 1...UInt64(Self.rounds) {
            var random = SplitMix64(seed: seed)
            let house = try await House()
            let user = try await house.register("ada@example.com").id
            var model = Model()
            for step in 0..<40 {
                let place: Comment = "seed \(seed), step \(step)"
                let fresh = "another password of mine \(seed) \(step)"
                switch Int.random(in: 0..<10, using: &random) {
                case 0, 1:
                    let access = try? await house.login("ada@example.com", password: model.password)
                    #expect((access == nil) == model.isDisabled, place)
                    if let access { model.live.append(access) }
                case 2:
                    let link = try await house.resetToken(for: "ada@example.com")
                    #expect((link == nil) == model.isDisabled, place)
                    model.endReset()
                    model.resetLink = link
                case 3:
                    let link = try await house.verificationToken(for: "ada@example.com")
                    #expect((link == nil) == (model.isDisabled || model.isVerified), place)
                    if let old = model.verifyLink { model.spent.append(old) }
                    model.verifyLink = link
                case 4:
                    guard let link = model.resetLink else { continue }
                    try await house.signIn.reset(link, password: fresh, from: House.origin)
                    resets += 1
                    model.password = fresh
                    model.isVerified = true
                    model.endReset()
                    model.endSessions()
                case 5:
                    guard let link = model.verifyLink, !model.isDisabled else { continue }
                    try await house.signIn.verifyEmail(link, password: model.password, from: House.origin)
                    model.isVerified = true
                    model.spent.append(link)
                    model.verifyLink = nil
                case 6:
                    guard let asking = model.live.randomElement(using: &random) else { continue }
                    let access = try await house.signIn.changePassword(
                        of: user, in: asking.session, from: model.password, to: fresh, origin: House.origin)
                    changes += 1
                    model.password = fresh
                    model.endReset()
                    model.endSessions()
                    model.live = [access]
                case 7:
                    let role = Role.allCases.randomElement(using: &random) ?? .user
                    try await house.administration.setRole(of: user, to: role, by: .system)
                    if role != model.role { model.endSessions() }
                    model.role = role
                case 8:
                    if model.isDisabled {
                        try await house.administration.enable(user, by: .system)
                    } else {
                        try await house.administration.disable(user, by: .system)
                        model.endReset()
                        model.endSessions()
                    }
                    model.isDisabled.toggle()
                default:
                    refusals += try await expectRefusals(of: model, in: house, at: place)
                }
                try await expect(model, of: user, in: house, at: place)
            }
        }
        Rounds.report("accounts, \(Self.rounds) seeds: \(resets) resets, \(changes) changes, \(refusals) refusals")
        #expect(resets > 0 && changes > 0 && refusals > 0)
    }

    private func expect(
        _ model: Model, of user: AccountID, in house: House, at place: Comment
    ) async throws {
        let (known, live) = (try await house.find(user), try await house.sessions.list(of: user))
        #expect(known?.role == model.role, place)
        #expect((known?.emailVerifiedAt != nil) == model.isVerified, place)
        #expect((known?.disabledAt != nil) == model.isDisabled, place)
        #expect(Set(live.map(\.id)) == Set(model.live.map(\.session)), place)
        if let access = model.live.last {
            #expect(try await house.authenticate(access.token)?.role == model.role, place)
        }
    }

    /// - Returns: how many things were refused.
    private func expectRefusals(of model: Model, in house: House, at place: Comment) async throws -> Int {
        for link in model.spent.suffix(3) {
            await #expect(throws: AuthError.linkRefused, place) {
                try await house.signIn.reset(link, password: "a thief's own password", from: House.origin)
            }
            await #expect(throws: AuthError.linkRefused, place) {
                try await house.signIn.verifyEmail(link, password: model.password, from: House.origin)
            }
        }
        for access in model.over.suffix(3) {
            await #expect(throws: AuthError.sessionEnded, place) { try await house.authenticate(access.token) }
        }
        await #expect(throws: AuthError.wrongCredentials, place) {
            try await house.login("ada@example.com", password: model.password + "x")
        }
        return model.spent.suffix(3).count + model.over.suffix(3).count + 1
    }
}
