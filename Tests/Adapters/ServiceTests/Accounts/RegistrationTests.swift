import Auth
import Billing
import Storage
import Testing

@testable import WaxwingService

@Suite struct RegistrationTests {
    @Test func `a new account has the default plan and untouched balances`() async throws {
        let studio = try await Studio(Plan(uploadsPerMonth: 7))
        let accounts = studio.useCases.accounts
        let user = try await studio.register()
        let overview = try await accounts.overview(of: .signedIn(user.id))
        #expect(
            overview.user == user && overview.entitlement.planName == "basic"
                && overview.entitlement.plan.uploadsPerMonth == 7)
        #expect(overview.balances.map(\.unit) == QuotaUnit.allCases)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM account_plans") == 1)
        #expect(await refusal { try await accounts.overview(of: .signedIn(.random())) } == "notFound")
    }

    @Test func `an address that is taken leaves no second plan`() async throws {
        let studio = try await Studio()
        let accounts = studio.useCases.accounts
        _ = try await accounts.register(email: "ada@example.com", password: Studio.password, name: nil, from: .test)
        for (email, password, reason) in [
            ("ADA@example.com", Studio.password, "conflict"), ("ada", Studio.password, "invalid"),
            ("grace@example.com", "short", "invalid"),
        ] {
            #expect(
                await refusal { try await accounts.register(email: email, password: password, name: nil, from: .test) }
                    == reason)
        }
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM account_plans") == 1)
    }

    @Test func `who signs in is known until signing out`() async throws {
        let studio = try await Studio()
        let user = try await studio.register()
        let signIn = studio.useCases.signIn
        let pair = try await signIn.signIn(email: "ada@example.com", password: Studio.password, from: .test)
        #expect(pair.user == user)
        let caller = try await signIn.authenticate(Credentials(bearerToken: pair.access))
        #expect(caller.user == user.id)
        try await signIn.signOut(caller, from: .test)
        #expect(
            await refusal { try await signIn.authenticate(Credentials(bearerToken: pair.access)) } == "unauthorized")
        #expect(await refusal { try await signIn.refresh(pair.refresh.text, from: .test) } == "unauthorized")
        #expect(
            await refusal {
                try await signIn.signIn(email: "ada@example.com", password: "wrong horse", from: .test)
            } == "unauthorized")
    }
}
