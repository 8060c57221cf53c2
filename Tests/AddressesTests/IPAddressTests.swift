import StorageTestKit
import Testing

@testable import Addresses

@Suite struct IPAddressTests {
    @Test(
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("::", "::"), ("::1", "::1"), ("2001:DB8::8:800:200C:417A", "2001:db8::8:800:200c:417a"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
            ("::ffff:127.0.0.1", "::ffff:7f00:1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1::", "1::"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ] as [(String, String)])
    func `an address is written in one form however it was given`(text: String, written: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == written)
        #expect(IPAddress(written) == address)
    }

    @Test(arguments: [
        "", ".", "1", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.01", "256.0.0.1", "1.2.3.4.5",
        "1.2.3.", " 1.2.3.4", "1.2.3.4 ", "+1.2.3.4", "١.2.3.4", ":", ":::", "1::2::3", "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "12345::", "g::", "fe80::1%eth0", "fe80::1%25eth0", "[::1]",
        "::1.2.3", "::1.2.3.4:5", "1.2.3.4::", "::+1", "-1::",
    ])
    func `what readers disagree about is no address`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `every address reads back as itself`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            // Half of the groups zero, so that the short form is met in every place.
            let sparse = (0..<8).reduce(UInt128(0)) { sum, _ in
                sum << 16
                    | (Bool.random(using: &random) ? 0 : UInt128(UInt16.random(in: 0...UInt16.max, using: &random)))
            }
            let addresses = [IPAddress.v6(sparse), .v4(UInt32.random(in: 0...UInt32.max, using: &random))]
            for address in addresses { #expect(IPAddress(address.description) == address) }
        }
    }
}
