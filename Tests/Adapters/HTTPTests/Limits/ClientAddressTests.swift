import Addresses
import HTTPTypes
import Testing

@testable import WaxwingHTTP

@Suite struct ClientAddressTests {
    private func client(
        _ peer: String, _ headers: HTTPFields, trusting proxies: TrustedProxies
    ) throws -> ClientAddress {
        ClientAddress(peer: try #require(IPAddress(peer)), headers, trusting: proxies)
    }

    private func proxies(_ text: String, _ header: TrustedProxies.Header = .xForwardedFor) throws -> TrustedProxies {
        try #require(TrustedProxies(text, header: header))
    }

    @Test(arguments: ["X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP", "X-Client-IP"])
    func `a peer that is no trusted proxy says nothing about itself`(header: String) throws {
        let name = try #require(HTTPField.Name(header))
        for value in ["203.0.113.9", "for=203.0.113.9", "127.0.0.1", "10.0.0.1, 203.0.113.9"] {
            let headers: HTTPFields = [name: value, .xForwardedProto: "https"]
            for proxies in [.none, try proxies("10.0.0.0/8"), try proxies("10.0.0.0/8", .forwarded)] {
                let client = try client("192.0.2.1", headers, trusting: proxies)
                #expect(client.address.description == "192.0.2.1" && client.scheme == .http)
            }
        }
    }

    @Test(
        arguments: [
            (["203.0.113.9"], "203.0.113.9"), (["203.0.113.9, 10.0.0.2"], "203.0.113.9"),
            (["198.51.100.7, 203.0.113.9, 10.0.0.2"], "203.0.113.9"), (["198.51.100.7", "203.0.113.9"], "203.0.113.9"),
            (["203.0.113.9:4711"], "203.0.113.9"), (["[2001:db8::9]:4711"], "2001:db8::9"),
            (["2001:db8::9"], "2001:db8::9"), (["::ffff:203.0.113.9"], "203.0.113.9"),
            (["::ffff:10.0.0.2"], "10.0.0.2"), (["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            (["nonsense, 203.0.113.9"], "203.0.113.9"), (["127.0.0.1,203.0.113.9"], "203.0.113.9"),
        ])
    func `the first address from the right that is no trusted proxy's is the client`(
        values: [String], address: String
    ) throws {
        var headers = HTTPFields()
        headers[values: .xForwardedFor] = values
        #expect(try client("10.0.0.1", headers, trusting: proxies("10.0.0.0/8")).address.description == address)
    }

    @Test(arguments: [
        "", " ", ",", "unknown", "_hidden", "203.0.113.9,", "203.0.113.9 198.51.100.7", "203.0.113", "0xCB007109",
        "203.0.113.9:", "203.0.113.9:99999999", "203.0.113.9:+80", "[2001:db8::9", "2001:db8::9]", "[203.0.113.9]",
        "fe80::1%eth0", "for=203.0.113.9", "203.0.113.9\u{600}", "２０３.0.113.9", String(repeating: ",", count: 10_000),
    ])
    func `where the last hop cannot be read the proxy is counted`(value: String) throws {
        let client = try client("10.0.0.1", [.xForwardedFor: value], trusting: proxies("10.0.0.1"))
        #expect(client.address.description == "10.0.0.1")
    }

    @Test func `where a hop further left cannot be read the proxy that wrote it is counted`() throws {
        let headers: HTTPFields = [.xForwardedFor: "203.0.113.9, nonsense, 10.0.0.2"]
        #expect(try client("10.0.0.1", headers, trusting: proxies("10.0.0.0/8")).address.description == "10.0.0.2")
    }

    @Test(arguments: [
        "\u{600}", "\u{0D4E}", "\u{200D}", "\u{301}", "\u{1F1E6}", "\"", "\\", "\"\\", "for=\"", ";", "=",
    ])
    func `nothing at the end of what the client wrote swallows what the proxy adds`(end: String) throws {
        for text in ["198.51.100.7\(end)", end] {
            let plain: HTTPFields = [.xForwardedFor: "\(text), 203.0.113.9"]
            #expect(try client("10.0.0.1", plain, trusting: proxies("10.0.0.1")).key == "203.0.113.9")
            let forwarded: HTTPFields = [.forwarded: "\(text), for=203.0.113.9"]
            let trusting = try proxies("10.0.0.1", .forwarded)
            #expect(try client("10.0.0.1", forwarded, trusting: trusting).key == "203.0.113.9")
        }
    }

    @Test(
        arguments: [
            ("for=203.0.113.9", "203.0.113.9", "http"), ("For=203.0.113.9;PROTO=HTTPS", "203.0.113.9", "https"),
            ("proto=https;by=10.0.0.1;for=\"203.0.113.9:47\"", "203.0.113.9", "https"),
            ("for=\"[2001:db8::9]:4711\"; proto=https", "2001:db8::9", "https"),
            ("for=198.51.100.7, for=203.0.113.9;proto=https, for=10.0.0.2;proto=http", "203.0.113.9", "https"),
            ("for=198.51.100.7;host=\"a,b\", for=203.0.113.9;host=\"c,d;e\"", "203.0.113.9", "http"),
            ("for=unknown", "10.0.0.1", "http"), ("for=_secret;proto=https", "10.0.0.1", "http"),
            ("for=203.0.113.9;for=198.51.100.7", "10.0.0.1", "http"), ("proto=https", "10.0.0.1", "http"),
            ("203.0.113.9", "10.0.0.1", "http"), ("for=\"203.0.113.9", "10.0.0.1", "http"),
            ("for=\"203.0.113\\.9\"", "10.0.0.1", "http"), ("for=203.0.113.9;", "10.0.0.1", "http"),
            ("", "10.0.0.1", "http"),
        ])
    func `the header of RFC 7239 says the same`(value: String, address: String, scheme: String) throws {
        let client = try client("10.0.0.1", [.forwarded: value], trusting: proxies("10.0.0.0/8", .forwarded))
        #expect(client.address.description == address && client.scheme.rawValue == scheme)
    }

    @Test func `only the header that the proxies write is read`() throws {
        let headers: HTTPFields = [.forwarded: "for=198.51.100.7;proto=https", .xForwardedFor: "203.0.113.9"]
        let plain = try client("10.0.0.1", headers, trusting: proxies("10.0.0.1"))
        #expect(plain.address.description == "203.0.113.9" && plain.scheme == .http)
        let standard = try client("10.0.0.1", headers, trusting: proxies("10.0.0.1", .forwarded))
        #expect(standard.address.description == "198.51.100.7" && standard.scheme == .https)
    }

    @Test(arguments: [
        ("https", "https"), ("http", "http"), ("HTTPS", "https"), ("http, https", "https"), ("ftp", "http"),
        ("", "http"),
    ])
    func `the scheme is what the last proxy says`(value: String, scheme: String) throws {
        let headers: HTTPFields = [.xForwardedFor: "203.0.113.9", .xForwardedProto: value]
        #expect(try client("10.0.0.1", headers, trusting: proxies("10.0.0.1")).scheme.rawValue == scheme)
    }

    @Test func `all addresses of an IPv6 subscriber are one key, IPv4 in either form another each`() throws {
        let one = try client("2001:db8:1:2::1", [:], trusting: .none).key
        #expect(try client("2001:db8:1:2:ffff:ffff:ffff:ffff", [:], trusting: .none).key == one)
        #expect(try client("2001:db8:1:3::1", [:], trusting: .none).key != one)
        let four = try client("192.0.2.1", [:], trusting: .none).key
        #expect(try client("::ffff:192.0.2.1", [:], trusting: .none).key == four)
        #expect(try client("::ffff:192.0.2.2", [:], trusting: .none).key != four)
    }

    @Test func `a list of proxies with anything but networks is none`() {
        for text in ["", " ", "10.0.0.0/8,", "10.0.0.1/8", "localhost", "*", "10.0.0.0/8 192.0.2.1"] {
            #expect(TrustedProxies(text) == nil, "\(text)")
        }
        #expect(TrustedProxies(" 10.0.0.0/8 ,\t::1 ")?.networks.count == 2)
    }
}
