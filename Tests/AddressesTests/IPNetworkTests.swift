import Testing

@testable import Addresses

@Suite struct IPNetworkTests {
    @Test(
        arguments: [
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"), ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
            ("192.0.2.0/31", "192.0.2.1", "192.0.2.2"), ("0.0.0.0/0", "203.0.113.9", "2001:db8::1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"), ("::1", "::1", "::2"),
            ("::/0", "2001:db8::1", "192.0.2.1"), ("10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:11.1.2.3"),
            ("2001:db8::/127", "2001:db8::1", "2001:db8::2"),
        ])
    func `a network has the addresses that begin like it, and no others`(
        text: String, inside: String, outside: String
    ) throws {
        let network = try #require(IPNetwork(text))
        #expect(network.contains(try #require(IPAddress(inside))))
        #expect(!network.contains(try #require(IPAddress(outside))))
        #expect(IPNetwork(network.description) == network)
    }

    @Test(arguments: [
        "", "/", "10.0.0.0/", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.1/8",
        "2001:db8::1/32", "2001:db8::/129", "10.0.0.0/ 8", " 10.0.0.0/8", "10.0.0/8", "localhost",
        "10.0.0.0/99999999999",
        "[::1]/128", "::1/999",
    ])
    func `what is not plainly a network is none`(text: String) {
        #expect(IPNetwork(text) == nil)
    }

    @Test(
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
            ("::1", "::/64"),
        ])
    func `one subscriber has an IPv4 address, or a 64 of IPv6`(text: String, subscriber: String) throws {
        #expect(try #require(IPAddress(text)).subscriber.description == subscriber)
    }
}
