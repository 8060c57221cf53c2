import Auth
import Billing
import Storage
import Testing

@testable import WaxwingService

@Suite struct RegistrationTests {
    @Test func `a new account has the default plan and untouched balances`() async throws {
        let studio = try await Studio(Plan(uploadsPerMonth: 7))
        let accounts = studio.useCases.accounts
        let user = try await accounts.register(email: "ada@example.com", password: Studio.password, name: "Ada")
        let overview = try await accounts.overview(of: .signedIn(user.id))
        #expect(overview.user == user && overview.planName == "basic" && overview.plan.uploadsPerMonth == 7)
        #expect(overview.balances.map(\.unit) == QuotaUnit.allCases)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM account_plans") == 1)
        #expect(await refusal { try await accounts.overview(of: .signedIn(.random())) } == "notFound")
    }

    @Test func `an address that is taken leaves no second plan`() async throws {
        let studio = try await Studio()
        let accounts = studio.useCases.accounts
        _ = try await accounts.register(email: "ada@example.com", password: Studio.password, name: nil)
        for (email, password, reason) in [
            ("ADA@example.com", Studio.password, "conflict"), ("ada", Studio.password, "invalid"),
            ("grace@example.com", "short", "invalid"),
        ] {
            #expect(
                await refusal { try await accounts.register(email: email, password: password, name: nil) } == reason)
        }
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM account_plans") == 1)
    }

    @Test func `who signs in is known until signing out`() async throws {
        let studio = try await Studio()
        let accounts = studio.useCases.accounts
        let user = try await accounts.register(email: "ada@example.com", password: Studio.password, name: nil)
        let token = try await accounts.login(email: "ada@example.com", password: Studio.password, from: "192.0.2.1")
        #expect(token.user == user)
        #expect(
            await refusal {
                try await accounts.login(email: "ada@example.com", password: "wrong horse", from: "192.0.2.1")
            } == "unauthorized")
    }
}
