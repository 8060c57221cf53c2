import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Auth

/// The rows "OIDC/PKCE" and "OAuth state/nonce/PKCE" of the attack list.
@Suite struct OpenIDAttackTests {
    @Test(arguments: [nil, "", "x", "00000000-0000-4000-8000-000000000000"])
    func `an answer without the state of a sign-in is refused`(state: String?) async throws {
        let bench = try await OpenIDBench()
        #expect(try await bench.flaw(["state": state]) == .notBegunHere)
        #expect(bench.provider.requests.isEmpty, "nothing was redeemed")
    }

    @Test func `another spelling of the state is another state`() async throws {
        let bench = try await OpenIDBench()
        let browser = try await bench.begin()
        let state = try #require(browser.question["state"])
        let answer = try bench.answer(browser, ["state": state.uppercased()])
        await #expect(throws: AuthError.openID(.notBegunHere)) { try await bench.finish(answer, in: browser) }
    }

    @Test func `an answer is worth nothing in another browser, and stays good in its own`() async throws {
        let bench = try await OpenIDBench()
        let browser = try await bench.begin()
        let answer = try bench.answer(browser)
        let planted = try await bench.begin()
        for other in [OpenIDBench.Browser(), planted, .init(cookies: ["__Host-waxwing_openid=AAAA"])] {
            await #expect(throws: AuthError.openID(.notBegunHere)) { try await bench.finish(answer, in: other) }
        }
        #expect(bench.provider.requests.isEmpty)
        _ = try await bench.finish(answer, in: browser)
    }

    @Test func `a second use of an answer is refused, and ends the session of the first`() async throws {
        let bench = try await OpenIDBench()
        let browser = try await bench.begin()
        let answer = try bench.answer(browser)
        let (_, session) = try await bench.signIn(bench.finish(answer, in: browser))
        let cookie = try #require(try await bench.house.cookie(of: session))
        #expect(try await bench.house.authenticate(cookie) != nil)
        for _ in 0..<2 {
            await #expect(throws: AuthError.openID(.notBegunHere)) { try await bench.finish(answer, in: browser) }
        }
        await #expect(throws: AuthError.sessionEnded) { try await bench.house.authenticate(cookie) }
        #expect(bench.provider.requests.count == 1)
    }

    @Test func `an answer that was used again meanwhile starts no session`() async throws {
        let bench = try await OpenIDBench()
        let browser = try await bench.begin()
        let answer = try bench.answer(browser)
        let arrival = try await bench.finish(answer, in: browser)
        await #expect(throws: AuthError.openID(.notBegunHere)) { try await bench.finish(answer, in: browser) }
        await #expect(throws: AuthError.openID(.notBegunHere)) { try await bench.signIn(arrival) }
        #expect(try await bench.identities.find("1001", of: "https://id.example") == nil, "nothing was kept")
    }

    @Test func `of many uses at once at most one gets through`() async throws {
        let bench = try await OpenIDBench()
        let browser = try await bench.begin()
        let answer = try bench.answer(browser)
        let arrivals = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask { (try? await bench.finish(answer, in: browser)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(arrivals == 1 && bench.provider.requests.count == 1)
    }

    @Test func `a sign-in lives ten minutes`() async throws {
        let bench = try await OpenIDBench()
        let (early, late) = (try await bench.begin(), try await bench.begin())
        let (first, second) = (try bench.answer(early), try bench.answer(late))
        bench.clock.advance(by: .seconds(599))
        _ = try await bench.finish(first, in: early)
        bench.clock.advance(by: .seconds(1))
        await #expect(throws: AuthError.openID(.notBegunHere)) { try await bench.finish(second, in: late) }
    }

    @Test func `an answer at another provider's callback is refused and used up`() async throws {
        let bench = try await OpenIDBench()
        let browser = try await bench.begin()
        let answer = try bench.answer(browser)
        await #expect(throws: AuthError.openID(.notBegunHere)) {
            try await bench.openID.finish("other", answer: answer, cookies: browser.cookies)
        }
        await #expect(throws: AuthError.openID(.notBegunHere)) { try await bench.finish(answer, in: browser) }
        #expect(bench.provider.requests.isEmpty, "the code went to nobody")
    }

    @Test func `an answer that names another issuer is refused before its code goes anywhere`() async throws {
        let bench = try await OpenIDBench()
        for issuer in ["https://evil.example", "https://id.example/", "https://ID.example", ""] {
            #expect(try await bench.flaw(["iss": issuer]) == .issuer)
        }
        #expect(try await bench.flaw(["iss": "https://id.example"]) == nil)
        #expect(bench.provider.requests.count == 1)
    }

    @Test func `a provider that names itself in answers does so in every one`() async throws {
        let bench = try await OpenIDBench()
        bench.provider.script { $0.discovery["authorization_response_iss_parameter_supported"] = true }
        #expect(try await bench.flaw() == .issuer)
        #expect(try await bench.flaw(["iss": "https://id.example"]) == nil)
    }

    @Test func `an injected code of another sign-in fails on the proof key`() async throws {
        let bench = try await OpenIDBench()
        let stolen = bench.provider.consent(to: try await bench.begin().url)
        #expect(try await bench.flaw(["code": stolen["code"]]) == .code)
    }

    @Test func `a token of another sign-in fails on the nonce`() async throws {
        let bench = try await OpenIDBench()
        for nonce: any Sendable in ["", "x", NSNull(), 1, ["x"]] {
            bench.provider.script { $0.claims["nonce"] = nonce }
            #expect(try await bench.flaw() == .nonce)
        }
    }

    @Test func `the provider's errors end the sign-in, and their words are not repeated`() async throws {
        let bench = try await OpenIDBench()
        let evil = "<script>alert(1)</script>"
        #expect(try await bench.flaw(["code": nil, "error": "access_denied", "error_description": evil]) == .declined)
        #expect(try await bench.flaw(["error": evil]) == .declined, "even with a code")
        #expect(try await bench.flaw(["code": nil]) == .answer)
        #expect(try await bench.flaw(["code": String(repeating: "c", count: 4097)]) == .answer)
        #expect(!OpenIDFlaw.declined.description.contains("<"))
    }

    @Test func `an answer with a field twice, or endless, is refused`() {
        for text in [
            "code=a&code=b&state=c", "state=a&state=a", "code=%", "code=%ff", String(repeating: "a", count: 16_385),
        ] {
            #expect(throws: OpenIDFlaw.answer) { try OpenIDAnswer(text, mode: .query) }
        }
    }

    @Test func `an answer by the wrong way is refused`() async throws {
        let bench = try await OpenIDBench()
        let browser = try await bench.begin()
        let answer = try bench.answer(browser, mode: .form)
        await #expect(throws: AuthError.openID(.answer)) { try await bench.finish(answer, in: browser) }
    }

    @Test(arguments: [
        (400, #"{"error":"invalid_grant"}"#, OpenIDFlaw.code), (401, #"{"error":"invalid_client"}"#, .client),
        (400, #"{"error":"invalid_client"}"#, .client), (200, "{}", .answer), (200, "<html>", .answer),
        (302, "", .code), (200, #"{"id_token":7}"#, .answer), (201, #"{"id_token":"a.b.c"}"#, .code),
        (200, #"{"id_token":"a.b.c"}"#, .token(.malformed)),
    ])
    func `what the token endpoint answers is believed only as a token`(
        status: Int, body: String, flaw: OpenIDFlaw
    ) async throws {
        let bench = try await OpenIDBench()
        bench.provider.script { ($0.tokenStatus, $0.tokenBody) = (status, body) }
        #expect(try await bench.flaw() == flaw)
    }

    @Test(arguments: [429, 500, 503])
    func `a provider in trouble is to be tried again`(status: Int) async throws {
        let bench = try await OpenIDBench()
        bench.provider.script { $0.tokenStatus = status }
        do {
            _ = try await bench.arrive()
            Issue.record("nobody arrives")
        } catch AuthError.unavailable(let reason) {
            #expect(reason.contains("https://id.example"))
        }
    }
}
