import Auth
import Foundation
import FreshDatabases
import Storage
import Testing

@testable import WaxwingProviders

/// The whole way, against the provider that `Scripts/oidc-server.sh` starts.
@Suite(
    .enabled(
        if: OpenIDServer.issuer != nil,
        "set TEST_OIDC_ISSUER (Scripts/oidc-server.sh start DIR) to check sign-in against a provider"))
struct OpenIDServerTests {
    private let server: OpenIDServer

    init() async throws {
        server = try await OpenIDServer()
    }

    @Test func `somebody signs in, and is the same user the next time`() async throws {
        let (ada, session) = try await server.signIn(as: "ada")
        #expect(ada.email.text == "ada@example.com" && ada.name?.text == "Ada Lovelace")
        #expect(ada.emailVerifiedAt != nil && session.user == ada.id)
        let again = try await server.signIn(as: "ada")
        #expect(again.user == ada && again.session.id != session.id)
    }

    @Test func `somebody whose address is not verified does not get in`() async throws {
        await #expect(throws: AuthError.openID(.emailUnverified)) { try await server.signIn(as: "eve") }
    }

    @Test func `a code is good once, and only with the proof key of its sign-in`() async throws {
        let first = try await server.openID.begin("mock")
        let query = try await server.consent(to: first.url, as: "ada")
        let answer = try OpenIDAnswer(query, mode: .query)
        let cookies = [String(first.cookie.headerValue.prefix { $0 != ";" })]
        _ = try await server.openID.finish("mock", answer: answer, cookies: cookies)
        await #expect(throws: AuthError.openID(.notBegunHere)) {
            try await server.openID.finish("mock", answer: answer, cookies: cookies)
        }
        // The same code under the state of another sign-in: the provider does not take it twice.
        let second = try await server.openID.begin("mock", cookies: cookies)
        let state = try #require(URLComponents(string: second.url)?.queryItems?.first { $0.name == "state" }?.value)
        let code = try #require(URLComponents(string: "/?\(query)")?.queryItems?.first { $0.name == "code" }?.value)
        let forged = try OpenIDAnswer("code=\(code)&state=\(state)", mode: .query)
        await #expect(throws: AuthError.openID(.code)) {
            try await server.openID.finish("mock", answer: forged, cookies: cookies)
        }
    }

    @Test func `who says no there is not let in here`() async throws {
        let redirect = try await server.openID.begin("mock")
        let state = try #require(URLComponents(string: redirect.url)?.queryItems?.first { $0.name == "state" }?.value)
        let answer = try OpenIDAnswer("error=access_denied&state=\(state)", mode: .query)
        await #expect(throws: AuthError.openID(.declined)) {
            try await server.openID.finish(
                "mock", answer: answer, cookies: [String(redirect.cookie.headerValue.prefix { $0 != ";" })])
        }
    }

    @Test func `its token for another client is refused`() async throws {
        let other = try server.service(client: "other")
        let redirect = try await server.openID.begin("mock")
        let query = try await server.consent(to: redirect.url, as: "ada")
        // The state is in the database both share; the code was given to the first client.
        await #expect(throws: AuthError.openID(.code)) {
            try await other.finish(
                "mock", answer: OpenIDAnswer(query, mode: .query),
                cookies: [String(redirect.cookie.headerValue.prefix { $0 != ";" })])
        }
    }
}

/// A service whose users sign in with the server, and the browser of one of them.
struct OpenIDServer {
    static let issuer = ProcessInfo.processInfo.environment["TEST_OIDC_ISSUER"]

    let openID: OpenIDSignIn
    private let database: any Database
    private let http: OutboundHTTP
    private let issuer: String

    init() async throws {
        issuer = try #require(Self.issuer)
        http = try OutboundHTTP.testing(allowed: [issuer.replacing("http://", with: "")])
        database = try await FreshDatabase.make()
        try await database.migrate([AuthSchema.migrations], at: SystemClock().now())
        openID = try Self.service(client: "waxwing", issuer: issuer, http: http, database: database)
    }

    /// Another client of the provider, on the same database.
    func service(client: String) throws -> OpenIDSignIn {
        try Self.service(client: client, issuer: issuer, http: http, database: database)
    }

    private static func service(
        client: String, issuer: String, http: OutboundHTTP, database: any Database
    ) throws -> OpenIDSignIn {
        let provider = try OpenIDProvider(
            name: "mock", issuer: issuer, clientID: client, secret: .shared(.random()))
        return try OpenIDSignIn(
            [provider], callback: "http://localhost:8080/auth/callback",
            transport: OutboundOpenID(http, limit: .seconds(600)), database: database)
    }

    /// Says yes on the provider's page.
    /// - Returns: the query that the browser is sent back with.
    func consent(to url: String, as subject: String) async throws -> String {
        let form = try OutboundRequest.patient(
            .post, url, headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: Array("sub=\(subject)".utf8))
        let answer = try await http.send(form)
        let location = try #require(answer["Location"])
        #expect(location.hasPrefix("http://localhost:8080/auth/callback/mock?"))
        return try #require(location.split(separator: "?").last.map(String.init))
    }

    func signIn(as subject: String) async throws -> (user: User, session: Session) {
        let redirect = try await openID.begin("mock", next: "/library")
        let query = try await consent(to: redirect.url, as: subject)
        let arrival = try await openID.finish(
            "mock", answer: OpenIDAnswer(query, mode: .query),
            cookies: [String(redirect.cookie.headerValue.prefix { $0 != ";" })])
        #expect(arrival.next.text == "/library")
        return try await openID.signIn(
            arrival, with: Identities(database), sessions: Sessions(database), policy: IdentityPolicy())
    }
}
