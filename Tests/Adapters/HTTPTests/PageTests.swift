import Foundation
import HTTPTypes
import Testing

@testable import WaxwingHTTP

@Suite struct PageTests {
    private func post(
        _ api: TestAPI, _ path: String, _ form: String, cookie: String? = nil, origin: String? = nil
    ) async throws -> Answer {
        var headers: HTTPFields = [
            .contentType: "application/x-www-form-urlencoded", .origin: origin ?? "http://localhost",
        ]
        if let cookie { headers[.cookie] = cookie }
        return try await api.send(.post, path, headers: headers, form)
    }

    @Test func `somebody makes an account, signs in, is known and signs out`() async throws {
        try await TestAPI.run { api in
            #expect(try await api.send(.get, "/").status == .seeOther)
            #expect(try await api.send(.get, "/signin").text.contains("<form method=\"post\" action=\"/signin\">"))
            let made = try await post(
                api, "/register", "name=Ada+%3CLovelace%3E&email=ada%40example.com&password=correct+horse+9")
            #expect(made.status == .created)
            let signedIn = try await post(
                api, "/signin", "email=ada%40example.com&password=correct+horse+9&next=%2Flibrary%3Fq%3D1")
            #expect((signedIn.status, signedIn.headers[.location]) == (.seeOther, "/library?q=1"))
            let cookie = try #require(signedIn.cookie)
            let home = try await api.send(.get, "/", headers: [.cookie: cookie])
            #expect(home.text.contains("Ada &lt;Lovelace&gt;") && !home.text.contains("<Lovelace>"))
            #expect(try await api.send(.get, "/signin", headers: [.cookie: cookie]).status == .seeOther)
            let out = try await post(api, "/signout", "", cookie: cookie)
            #expect(out.status == .seeOther && out.headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(try await api.send(.get, "/", headers: [.cookie: cookie]).status == .seeOther)
        }
    }

    @Test func `what is wrong is said on the page, as text`() async throws {
        try await TestAPI.run { api in
            let script = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E"
            let wrong = try await post(api, "/signin", "email=\(script)&password=x&next=\(script)")
            #expect(wrong.status == .unauthorized && wrong.text.contains("role=\"alert\""))
            #expect(!wrong.text.contains("<script>") && wrong.text.contains("&quot;&gt;&lt;script&gt;"))
            let weak = try await post(api, "/register", "email=ada%40example.com&password=short")
            #expect(weak.status == .badRequest && weak.text.contains("too short"))
            for path in ["/verify", "/reset", "/invitation"] {
                let shown = try await api.send(.get, "\(path)?token=\(script)")
                #expect(!shown.text.contains("<script>"))
                let refused = try await post(api, path, "token=\(script)&password=correct+horse+9")
                #expect((400..<500).contains(refused.status.code) && !refused.text.contains("<script>"))
            }
        }
    }

    @Test func `no page of another site posts our forms`() async throws {
        try await TestAPI.run { api in
            _ = try await api.signUp()
            for path in ["/signin", "/signout", "/register", "/verify", "/forgot", "/reset", "/invitation"] {
                for origin in ["https://evil.example", "null"] {
                    let answer = try await post(
                        api, path, "email=ada%40example.com&password=correct+horse+9", origin: origin)
                    #expect(answer.status == .forbidden && answer.headers[.setCookie] == nil, "\(path) from \(origin)")
                }
                let unsaid = try await api.send(
                    .post, path, headers: [.contentType: "application/x-www-form-urlencoded"], "email=a&password=b")
                #expect(unsaid.status == .forbidden)
            }
        }
    }

    @Test(arguments: [
        "//evil.example", "https://evil.example", "/\\evil.example", "/%2f%2fevil.example", "javascript:alert(1)",
    ])
    func `after signing in nobody is sent elsewhere`(_ next: String) async throws {
        try await TestAPI.run { api in
            _ = try await api.signUp()
            let encoded = try #require(next.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
            let answer = try await post(
                api, "/signin", "email=ada%40example.com&password=correct+horse+9&next=\(encoded)")
            #expect(answer.headers[.location] == "/")
            let page = try await api.send(.get, "/signin?next=\(encoded)")
            #expect(page.text.contains("name=\"next\" value=\"/\""))
        }
    }

    @Test func `pages run nothing, load nothing, and are framed by nobody`() async throws {
        try await TestAPI.run { api in
            for path in ["/signin", "/register", "/verify", "/reset"] {
                let page = try await api.send(.get, path)
                let policy = try #require(page.headers[.contentSecurityPolicy])
                #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe") && !page.text.contains("<script"))
                // With `no-referrer` a browser would post our forms with `Origin: null`, and they would be refused.
                #expect(page.headers[.referrerPolicy] == "same-origin")
                #expect(page.headers[.xContentTypeOptions] == "nosniff" && page.headers[.cacheControl] == "no-store")
            }
        }
    }
}
