import Addresses
import Foundation
import StorageTestKit
import Testing

@testable import WaxwingProviders

@Suite struct OutboundURLTests {
    @Test(
        arguments: [
            ("https://hooks.example", "https://hooks.example", "/"),
            ("HTTPS://Hooks.Example./a?b=c&d", "https://hooks.example", "/a?b=c&d"),
            ("http://hooks.example:80/%20", "http://hooks.example", "/%20"),
            ("https://hooks.example:8443?x", "https://hooks.example:8443", "/?x"),
            ("https://192.0.2.1/", "https://192.0.2.1", "/"),
            ("https://[2001:DB8::1]:444/", "https://[2001:db8::1]:444", "/"),
            ("https://xn--bcher-kva.example/@x", "https://xn--bcher-kva.example", "/@x"),
            ("https://my_host.example/", "https://my_host.example", "/"),
        ] as [(String, String, String)])
    func `an address is read into origin and target`(text: String, origin: String, target: String) throws {
        let url = try OutboundURL(text)
        #expect(url.origin == origin)
        #expect(url.target == target)
    }

    @Test(
        arguments: [
            ("", OutboundURLProblem.scheme), ("hooks.example", .scheme), ("ftp://hooks.example/", .scheme),
            ("https:/hooks.example", .scheme), ("https:hooks.example", .scheme), ("https//hooks.example:/", .scheme),
            ("https://", .host), ("https:///a", .host), ("https://:443/", .host), ("https://./", .host),
            ("https://a..example/", .host), ("https://-a.example/", .host), ("https://a-.example/", .host),
            ("https://127.1/", .host), ("https://0x7f.1/", .host), ("https://1.2.3.04/", .host),
            ("https://256.1.1.1/", .host), ("https://a.0x/", .host), ("https://[::1/", .host), ("https://::1/", .host),
            ("https://[fe80::1%25eth0]/", .host), ("https://[127.0.0.1]/", .host), ("https://%61.example/", .host),
            ("https://[::1]x/", .port), ("https://a.example:/", .port), ("https://a.example:0/", .port),
            ("https://a.example:65536/", .port), ("https://a.example:080/", .port), ("https://a.example:+80/", .port),
            ("https://a.example:80:80/", .port), ("https://me@a.example/", .userInformation),
            ("https://me:pass@a.example/", .userInformation), ("https://a.example/#x", .fragment),
            ("https://a.example#x", .fragment), ("https://a.example/%0a", .escape), ("https://a.example/%7F", .escape),
            ("https://a.example/%", .escape), ("https://a.example/%2", .escape), ("https://a.example/%zz", .escape),
            ("https://a.example/?%00", .escape), (" https://a.example/", .character),
            ("https://a.example/ ", .character),
            ("https://a.example/\n", .character), ("https://a.example\\/", .character),
            ("https://bücher.example/", .character),
            ("https://a.example/é", .character), ("https://a.example/\0", .character),
        ] as [(String, OutboundURLProblem)])
    func `what could be read in two ways is refused, with the reason`(text: String, problem: OutboundURLProblem) {
        #expect(throws: problem) { try OutboundURL(text) }
    }

    @Test func `an address that is too long is refused`() throws {
        let start = "https://a.example/"
        let longest = start + String(repeating: "a", count: OutboundURL.longest - start.utf8.count)
        _ = try OutboundURL(longest)
        #expect(throws: OutboundURLProblem.tooLong) { try OutboundURL(longest + "a") }
    }

    @Test(
        arguments: [
            ("https://b.example/x", "https://b.example/x"), ("//b.example/x", "https://b.example/x"),
            ("/x?y=1", "https://a.example/x?y=1"), ("x", "https://a.example/folder/x"),
            ("?q", "https://a.example/folder/page?q"), ("../x", "https://a.example/folder/../x"),
            ("/x#part", "https://a.example/x"), ("x/y:z", "https://a.example/folder/x/y:z"),
        ] as [(String, String)])
    func `a redirect is read from where it was given`(location: String, next: String) throws {
        let url = try OutboundURL("https://a.example/folder/page?old=1").redirected(to: location)
        #expect(url.origin + url.target == next)
    }

    @Test(
        arguments: [
            ("file:///etc/passwd", OutboundFailure.Reason.redirect(.scheme)),
            ("javascript:alert(1)", .redirect(.scheme)),
            ("http://a.example/", .redirectToPlainHTTP), ("//me@b.example/", .redirect(.userInformation)),
            ("/a b", .redirect(.character)), ("//127.1/", .redirect(.host)),
        ] as [(String, OutboundFailure.Reason)])
    func `a redirect to what is no such address is refused`(location: String, reason: OutboundFailure.Reason) throws {
        let url = try OutboundURL("https://a.example/")
        #expect(throws: OutboundFailure(reason)) { try url.redirected(to: location) }
    }

    /// 20 × 500 addresses: nothing traps, and what is accepted is read alike by itself and by Foundation.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `two readers of an accepted address agree on host and port`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let seeds =
            try Vectors.ssrf.get().urls + [
                "https://hooks.example:8443/a/b?c=d%20e", "http://[2001:db8::1]:8080/x", "https://192.0.2.1/",
                "https://my_host.example./?x",
            ]
        var accepted = 0
        for _ in 0..<500 {
            let text = Self.mutated(seeds.randomElement(using: &random) ?? "", &random)
            guard let url = try? OutboundURL(text) else { continue }
            accepted += 1
            #expect(try OutboundURL(url.origin + url.target) == url, "\(text)")
            guard let other = URLComponents(string: text), let host = other.host else { continue }
            let plain = host.lowercased()
            let isSame = url.host.description == plain || url.host.description + "." == plain
            let isIPv6 = plain.contains(":") && IPAddress(plain.filter { !"[]".contains($0) }) != nil
            #expect(isSame || isIPv6, "\(text): \(url.host), \(host)")
            #expect(other.port ?? url.scheme.port == url.port, "\(text)")
        }
        #expect(accepted > 0)
    }

    private static func mutated(_ text: String, _ random: inout SplitMix64) -> String {
        var bytes = Array(text.utf8.prefix(200))
        let signs = Array(#"/:@#?%.[]\01x-_aZ&= "#.utf8) + [0, 9, 10, 13, 0x7F, 0xC3, 0xA9, 0xFF]
        for _ in 0...Int.random(in: 0...3, using: &random) {
            let sign = signs.randomElement(using: &random) ?? 0
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.insert(sign, at: place)
            case 1 where place < bytes.count: bytes.remove(at: place)
            case 2 where place < bytes.count: bytes[place] = sign
            default: bytes.insert(contentsOf: bytes.prefix(place).suffix(12), at: place)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
