import Testing

@testable import Addresses

@Suite struct AddressUseTests {
    @Test(
        arguments: [
            ("0.0.0.0", IPAddress.Use.loopback), ("0.255.255.255", .loopback), ("1.0.0.0", .global),
            ("9.255.255.255", .global), ("10.0.0.0", .privateNetwork), ("10.255.255.255", .privateNetwork),
            ("11.0.0.0", .global), ("100.63.255.255", .global), ("100.64.0.0", .sharedNetwork),
            ("100.127.255.255", .sharedNetwork), ("100.100.100.200", .metadata), ("100.128.0.0", .global),
            ("127.0.0.1", .loopback),
            ("127.255.255.254", .loopback), ("128.0.0.0", .global), ("168.63.129.16", .metadata),
            ("169.253.255.255", .global), ("169.254.0.1", .linkLocal), ("169.254.169.254", .metadata),
            ("169.254.170.2", .metadata), ("169.255.0.0", .global), ("172.15.255.255", .global),
            ("172.16.0.0", .privateNetwork),
            ("172.31.255.255", .privateNetwork), ("172.32.0.0", .global), ("192.0.0.192", .reserved),
            ("192.0.1.0", .global), ("192.0.2.1", .documentation), ("192.88.99.1", .reserved),
            ("192.167.255.255", .global), ("192.168.0.0", .privateNetwork), ("192.169.0.0", .global),
            ("198.17.255.255", .global), ("198.18.0.0", .benchmarking), ("198.19.255.255", .benchmarking),
            ("198.20.0.0", .global), ("198.51.100.1", .documentation), ("203.0.113.255", .documentation),
            ("223.255.255.255", .global), ("224.0.0.0", .multicast), ("239.255.255.255", .multicast),
            ("240.0.0.0", .reserved), ("255.255.255.254", .reserved), ("255.255.255.255", .multicast),
            ("8.8.8.8", .global),
        ] as [(String, IPAddress.Use)])
    func `an IPv4 address is for what the registry says, to the edges of its range`(
        text: String, use: IPAddress.Use
    ) throws {
        #expect(try #require(IPAddress(text)).use == use)
    }

    @Test(
        arguments: [
            ("::", IPAddress.Use.loopback), ("::1", .loopback), ("::2", .reserved), ("::127.0.0.1", .reserved),
            ("100::1", .reserved), ("64:ff9b:1::1", .privateNetwork), ("2001::1", .loopback),
            ("2001:2::1", .benchmarking), ("2001:1::1", .reserved), ("2001:10::1", .reserved),
            ("2001:20::1", .reserved),
            ("2001:1ff:ffff::1", .reserved), ("2001:200::1", .global), ("2001:db8::1", .documentation),
            ("2001:4860:4860::8888", .global), ("2606:4700::1111", .global), ("3fff::1", .documentation),
            ("3fff:1000::1", .global), ("4000::1", .reserved), ("5f00::1", .reserved), ("fc00::1", .privateNetwork),
            ("fdff::1", .privateNetwork), ("fd00:ec2::254", .metadata), ("fd00:ec2::23", .metadata),
            ("fd20:ce::254", .metadata),
            ("fd20:ce::255", .privateNetwork), ("fe80::1", .linkLocal),
            ("febf::1", .linkLocal),
            ("fec0::1", .privateNetwork), ("ff02::1", .multicast), ("1fff::1", .reserved), ("2000::1", .global),
        ] as [(String, IPAddress.Use)])
    func `an IPv6 address is for what the registry says`(text: String, use: IPAddress.Use) throws {
        #expect(try #require(IPAddress(text)).use == use)
    }

    static let carried: [(String, IPAddress.Use)] = [
        ("8.8.8.8", .global), ("127.0.0.1", .loopback), ("10.1.2.3", .privateNetwork), ("169.254.169.254", .metadata),
        ("168.63.129.16", .metadata), ("100.64.0.1", .sharedNetwork), ("224.0.0.1", .multicast), ("0.0.0.0", .loopback),
    ]

    @Test(arguments: carried)
    func `an address that carries another is for what that is for`(text: String, use: IPAddress.Use) throws {
        guard case .v4(let address)? = IPAddress(text) else {
            Issue.record("not an IPv4 address")
            return
        }
        let carried = UInt128(address)
        let publicServer = UInt128(0x0808_0808)
        let addresses: [String: UInt128] = [
            "mapped": 0xFFFF << 32 | carried,
            "NAT64": 0x64_FF9B << 96 | carried,
            "6to4": 0x2002 << 112 | carried << 80 | 1,
            "Teredo's client": 0x2001_0000 << 96 | publicServer << 64 | UInt128(~address),
            "Teredo's server": 0x2001_0000 << 96 | carried << 64 | UInt128(~UInt32(0x0808_0808)),
            "ISATAP": 0x2600 << 112 | 0x5EFE << 32 | carried,
            "ISATAP, unique": 0x2600 << 112 | 0x0200_5EFE << 32 | carried,
        ]
        for (kind, address) in addresses {
            #expect(IPAddress.v6(address).use == use, "\(kind)")
        }
    }
}
