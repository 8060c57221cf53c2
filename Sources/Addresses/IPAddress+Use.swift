extension IPAddress {
    /// What an address is for. Only ``global`` ones belong to the public internet.
    public enum Use: String, CaseIterable, Sendable {
        case global = "a public address"
        case loopback = "this machine itself"
        case privateNetwork = "a private network"
        case sharedNetwork = "a carrier's shared network"
        case linkLocal = "the local link"
        case metadata = "a cloud's metadata service"
        case documentation = "documentation"
        case benchmarking = "benchmarks"
        case multicast = "multicast or broadcast"
        case reserved = "reserved"
    }

    /// By IANA's registries of special-purpose addresses; an address that carries another one is for what that is for.
    ///
    /// Source: RFC 6890 and its registries as of 2025; RFC 4291 (mapped), 6052 (NAT64), 3056 (6to4), 4380 (Teredo),
    /// 5214 (ISATAP).
    public var use: Use {
        switch self {
        case .v4(let address): Self.use(ofV4: address)
        case .v6(let address): Self.use(ofV6: address)
        }
    }

    private static func use(ofV4 address: UInt32) -> Use {
        if metadataOfV4.contains(address) { return .metadata }
        return rangesOfV4.first { address >> (32 - $0.bits) == $0.network >> (32 - $0.bits) }?.use ?? .global
    }

    private static func use(ofV6 address: UInt128) -> Use {
        if let use = rangesOfV6.first(where: { address >> (128 - $0.bits) == $0.network >> (128 - $0.bits) })?.use {
            return use
        }
        for carried in carriedV4(address) {
            let use = use(ofV4: carried)
            if use != .global { return use }
        }
        return isTranslated(address) || address >> 125 == 0b001 ? .global : .reserved
    }

    /// ::ffff:0:0/96 and 64:ff9b::/96 stand for the IPv4 address in their last 32 bits, whatever it is.
    private static func isTranslated(_ address: UInt128) -> Bool {
        address >> 32 == 0xFFFF || address >> 32 == 0x64_FF9B << 64
    }

    private static func carriedV4(_ address: UInt128) -> [UInt32] {
        let last = UInt32(truncatingIfNeeded: address)
        if isTranslated(address) { return [last] }
        if address >> 112 == 0x2002 { return [UInt32(truncatingIfNeeded: address >> 80)] }
        // The server, and the client's address with every bit turned.
        if address >> 96 == 0x2001_0000 { return [UInt32(truncatingIfNeeded: address >> 64), ~last] }
        // The bit of 0x0200 tells whether the interface's name is unique in the world.
        if UInt32(truncatingIfNeeded: address >> 32) & ~0x0200_0000 == 0x5EFE { return [last] }
        return []
    }

    /// Of most clouds, AWS's containers, Alibaba Cloud, and Azure, whose host answers at what is a public address elsewhere.
    private static let metadataOfV4: Set<UInt32> = [0xA9FE_A9FE, 0xA9FE_AA02, 0x6464_64C8, 0xA83F_8110]

    private static let rangesOfV4: [(network: UInt32, bits: UInt32, use: Use)] = [
        (0x0000_0000, 8, .loopback),  // "this host"; Linux connects it to itself
        (0x0A00_0000, 8, .privateNetwork),
        (0x6440_0000, 10, .sharedNetwork),
        (0x7F00_0000, 8, .loopback),
        (0xA9FE_0000, 16, .linkLocal),
        (0xAC10_0000, 12, .privateNetwork),
        (0xC000_0000, 24, .reserved),
        (0xC000_0200, 24, .documentation),
        (0xC058_6300, 24, .reserved),  // 6to4 relays
        (0xC0A8_0000, 16, .privateNetwork),
        (0xC612_0000, 15, .benchmarking),
        (0xC633_6400, 24, .documentation),
        (0xCB00_7100, 24, .documentation),
        (0xE000_0000, 4, .multicast),
        (0xFFFF_FFFF, 32, .multicast),
        (0xF000_0000, 4, .reserved),
    ]

    private static let rangesOfV6: [(network: UInt128, bits: UInt128, use: Use)] = [
        (0, 128, .loopback),  // "unspecified"; Linux connects it to itself
        (1, 128, .loopback),
        (0x0064_FF9B_0001 << 80, 48, .privateNetwork),
        (0x2001_0002 << 96, 48, .benchmarking),
        (0x2001_0DB8 << 96, 32, .documentation),
        (0x3FFF << 112, 20, .documentation),
        // Before the private networks of which they are: AWS (machines, pods) and Google Cloud.
        (0xFD00_0EC2 << 96 | 0x254, 128, .metadata),
        (0xFD00_0EC2 << 96 | 0x23, 128, .metadata),
        (0xFD20_00CE << 96 | 0x254, 128, .metadata),
        (0xFC00 << 112, 7, .privateNetwork),
        (0xFE80 << 112, 10, .linkLocal),
        (0xFEC0 << 112, 10, .privateNetwork),
        (0xFF00 << 112, 8, .multicast),
        // Of 2001::/23, which is for protocols, Teredo's first /32 is left to what it carries.
        (0x2001_0001 << 96, 32, .reserved),
        (0x2001_0002 << 96, 31, .reserved),
        (0x2001_0004 << 96, 30, .reserved),
        (0x2001_0008 << 96, 29, .reserved),
        (0x2001_0010 << 96, 28, .reserved),
        (0x2001_0020 << 96, 27, .reserved),
        (0x2001_0040 << 96, 26, .reserved),
        (0x2001_0080 << 96, 25, .reserved),
        (0x2001_0100 << 96, 24, .reserved),
    ]
}
