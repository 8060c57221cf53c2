/// A range of addresses: all that begin with the same bits.
public struct IPNetwork: Hashable, Sendable {
    public let address: IPAddress
    /// How many bits its addresses have in common: 0…32 of IPv4, 0…128 of IPv6.
    public let bits: Int

    /// Reads `10.0.0.0/8`, `2001:db8::/32`, or a single address.
    ///
    /// Nil also where bits are set behind the common ones, as in `10.1.0.0/8`: whoever wrote that meant something else.
    ///
    /// Source: RFC 4632 §3.1 (IPv4), RFC 4291 §2.3 (IPv6).
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, let address = IPAddress(first) else { return nil }
        var bits = address.width
        if parts.count == 2 {
            guard (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(parts[1]), number <= address.width
            else { return nil }
            bits = number
        }
        guard address.cut(to: bits) == address else { return nil }
        (self.address, self.bits) = (address, bits)
    }

    /// IPv4 addresses are in networks of IPv4 only, also those written as IPv6 (`::ffff:192.0.2.1`).
    public func contains(_ other: IPAddress) -> Bool {
        let other = other.unmapped
        return other.width == address.width && other.cut(to: bits) == address
    }
}

extension IPNetwork: CustomStringConvertible {
    /// A single address without its bits.
    public var description: String { bits == address.width ? "\(address)" : "\(address)/\(bits)" }
}

extension IPAddress {
    /// The IPv4 address that `::ffff:192.0.2.1` stands for, as sockets of both kinds write it; itself otherwise.
    ///
    /// Source: RFC 4291 §2.5.5.2.
    public var unmapped: IPAddress {
        guard case .v6(let address) = self, address >> 32 == 0xFFFF else { return self }
        return .v4(UInt32(truncatingIfNeeded: address))
    }

    /// All addresses that one subscriber has, as far as one can know: an IPv4 address, or the /64 of an IPv6 one.
    ///
    /// Source: RFC 6177 §2 (a site is given a /64 at least).
    public var subscriber: IPNetwork {
        let address = unmapped
        let bits = if case .v6 = address { 64 } else { 32 }
        return IPNetwork(address.cut(to: bits), bits)
    }

    fileprivate var width: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// With zeros behind so many bits.
    fileprivate func cut(to bits: Int) -> IPAddress {
        switch self {
        case .v4(let address): .v4(address & ~(bits == 32 ? 0 : .max >> bits))
        case .v6(let address): .v6(address & ~(bits == 128 ? 0 : .max >> bits))
        }
    }
}

extension IPNetwork {
    fileprivate init(_ address: IPAddress, _ bits: Int) {
        (self.address, self.bits) = (address, bits)
    }
}
