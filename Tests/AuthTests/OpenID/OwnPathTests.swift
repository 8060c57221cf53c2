import Storage
import Testing

@testable import Auth

@Suite struct OwnPathTests {
    private struct Addresses: Decodable {
        let accept: [String]
        let refuse: [String]
    }

    @Test func `only paths of this site are gone to`() throws {
        let addresses = try Vectors.own("oauth/next-urls.json", as: Addresses.self)
        #expect(addresses.accept.count == 5 && addresses.refuse.count == 31)
        for next in addresses.accept { #expect(OwnPath(next: next).text == next) }
        for next in addresses.refuse { #expect(OwnPath(next: next) == .home, "\(next)") }
    }

    @Test(arguments: [
        "/a/../b", "/%2e%2e/b", "/./a", "/a//b", "/a%2f%2fb", "/a%0d%0ab", "/%", "/%zz", "/%ff", "/a\u{7F}", "/a b",
    ])
    func `what servers and browsers may read otherwise leads home`(next: String) {
        #expect(OwnPath(next: next) == .home)
    }

    @Test func `a query is the site's own affair`() {
        for next in ["/a?b=//c", "/a?u=https://x.example", "/search?q=%2f%2f", "/a/?b", "/a/"] {
            #expect(OwnPath(next: next).text == next)
        }
    }

    @Test func `without a place, or with one too long, home it is`() {
        #expect(OwnPath(next: nil).text == "/")
        #expect(OwnPath(next: "/" + String(repeating: "a", count: 2047)).text.utf8.count == 2048)
        #expect(OwnPath(next: "/" + String(repeating: "a", count: 2048)) == .home)
        #expect(OwnPath(sqlValue: .text("//evil.example")) == .home, "what is stored is checked again")
    }
}
