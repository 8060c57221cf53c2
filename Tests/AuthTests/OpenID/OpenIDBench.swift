import Storage
import StorageTestKit

@testable import Auth

/// A service with one provider, and browsers that sign in with it.
struct OpenIDBench {
    /// What one browser keeps.
    struct Browser {
        var cookies: [String] = []
        /// The address the provider's page was opened with.
        var url = ""

        var question: [String: String] {
            FormFields.decode(String(url.split(separator: "?").last ?? "")) ?? [:]
        }
    }

    static let callback = "https://waxwing.example/auth/callback"

    let house: House
    let provider: ScriptedProvider
    let openID: OpenIDSignIn
    let identities: Identities

    var clock: ManualClock { house.clock }

    init(
        secret: OpenIDClientSecret = .shared(Secret(Array("s3cret of ours".utf8))),
        answerMode: OpenIDProvider.AnswerMode = .query
    ) async throws {
        house = try await House()
        provider = try ScriptedProvider(clock: house.clock)
        identities = Identities(house.database, clock: house.clock)
        openID = try OpenIDSignIn(
            [
                OpenIDProvider(
                    name: "example", issuer: provider.issuer, clientID: "waxwing-1", secret: secret,
                    answerMode: answerMode),
                // Nobody answers there: it is only ever mixed up with the first.
                OpenIDProvider(name: "other", issuer: "https://other.example", clientID: "waxwing-2", secret: secret),
            ], callback: Self.callback, transport: provider, database: house.database, clock: house.clock)
    }

    func begin(
        next: String? = nil, in browser: Browser = Browser()
    ) async throws(AuthError) -> Browser {
        let redirect = try await openID.begin("example", next: next, cookies: browser.cookies)
        let cookie = redirect.cookie.headerValue.prefix { $0 != ";" }
        return Browser(cookies: [String(cookie)], url: redirect.url)
    }

    /// The answer as the browser brings it, with fields replaced; nil takes one out.
    func answer(
        _ browser: Browser, _ changes: [String: String?] = [:], mode: OpenIDProvider.AnswerMode = .query
    ) throws(OpenIDFlaw) -> OpenIDAnswer {
        var fields: [String: String?] = provider.consent(to: browser.url)
        fields.merge(changes) { $1 }
        let form = FormFields.encode(fields.compactMap { name, value in value.map { (name, $0) } })
        return try OpenIDAnswer(form, mode: mode)
    }

    func finish(_ answer: OpenIDAnswer, in browser: Browser) async throws(AuthError) -> OpenIDArrival {
        try await openID.finish("example", answer: answer, cookies: browser.cookies)
    }

    /// From the button to the checked identity.
    func arrive(_ changes: [String: String?] = [:]) async throws -> OpenIDArrival {
        let browser = try await begin()
        return try await finish(answer(browser, changes), in: browser)
    }

    /// Why nobody arrives; nil when somebody does.
    func flaw(_ changes: [String: String?] = [:]) async throws -> OpenIDFlaw? {
        do {
            _ = try await arrive(changes)
            return nil
        } catch AuthError.openID(let flaw) {
            return flaw
        }
    }

    func signIn(
        _ arrival: OpenIDArrival, policy: IdentityPolicy = IdentityPolicy()
    ) async throws(AuthError) -> (user: User, session: Session) {
        try await openID.signIn(arrival, with: identities, sessions: house.sessions, policy: policy)
    }
}
