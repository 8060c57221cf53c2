import Testing

@testable import WaxwingHTTP

@Suite struct AllowedOriginsTests {
    @Test(arguments: [
        ("https://app.example.com", "https://app.example.com"),
        ("HTTPS://App.Example.Com:443", "https://app.example.com"),
        ("http://localhost:5173", "http://localhost:5173"), ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://a.example:80, https://b.example:8443", "https://b.example:8443"),
        (" https://a.example ,http://b.example", "http://b.example"),
    ])
    func `names the one who asks as browsers write it`(list: String, origin: String) throws {
        #expect(try AllowedOrigins(list).contains(origin))
    }

    @Test(arguments: [
        "null", "https://evil.example", "https://app.example.com.evil.example", "https://evilapp.example.com",
        "https://sub.app.example.com", "https://example.com", "http://app.example.com", "https://app.example.com:444",
        "https://app.example.com/", "https://app.example.com:443", "https://APP.example.com",
        "https://app.example.com.",
        "https://app.example.com@evil.example", "app.example.com", "", "https://app.example.com https://evil.example",
        "https://app.example\u{2024}com", "https://\u{0430}pp.example.com",
    ])
    func `is none of them`(origin: String) throws {
        #expect(try !AllowedOrigins("https://app.example.com").contains(origin))
    }

    @Test(arguments: [
        "app.example.com", "https://app.example.com/", "https://app.example.com/path", "https://", "ftp://a.example",
        "https://user@a.example", "https://a.example?x", "https://a.example#x", "null", "https://a b", "file:///x",
        "https://a.example:0", "https://a.example:65536", "https://a.example:x",
        "https://good.example, evil",
    ])
    func `is no origin`(list: String) {
        #expect(throws: AllowedOriginsError.self) { try AllowedOrigins(list) }
    }

    @Test(arguments: ["*", "https://*.example.com", "https://good.example, *"])
    func `no pattern lets all sites in`(list: String) throws {
        let error = try #require(throws: AllowedOriginsError.self) { try AllowedOrigins(list) }
        guard case .pattern = error else {
            Issue.record("\(error)")
            return
        }
        #expect(error.description.contains("name each site"))
    }

    @Test func `no list allows none`() throws {
        #expect(AllowedOrigins.none.isEmpty && !AllowedOrigins.none.contains("null"))
        #expect(try AllowedOrigins("").isEmpty)
        #expect(try AllowedOrigins(" , ").isEmpty)
    }
}
