/// The address of a machine, as a connection uses it and not as somebody wrote it.
public enum IPAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6(UInt128)
}

extension IPAddress {
    /// Reads `192.0.2.1` or `2001:db8::1`, each in the one form that every reader takes for the same address.
    ///
    /// Nil for what some resolvers read as an address and others do not: numbers in octal or hexadecimal, fewer than four
    /// of them, leading zeros, zones.
    ///
    /// Source: RFC 4291 §2.2 (IPv6), RFC 6943 §3.1.1 (why the loose forms of IPv4 are dangerous).
    public init?(_ text: some StringProtocol) {
        if let address = Self.v4(text) {
            self = .v4(address)
        } else if let address = Self.v6(Substring(text)) {
            self = .v6(address)
        } else {
            return nil
        }
    }

    private static func v4(_ text: some StringProtocol) -> UInt32? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }),
                part.count == 1 || part.first != UInt8(ascii: "0"),
                let byte = UInt8(String(decoding: part, as: UTF8.self))
            else { return nil }
            address = address << 8 | UInt32(byte)
        }
        return address
    }

    private static func v6(_ text: Substring) -> UInt128? {
        guard text.utf8.count <= 45, let groups = allGroups(of: text), groups.count == 8 else { return nil }
        return groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    /// With the zeros for which `::` stands, once.
    private static func allGroups(of text: Substring) -> [UInt16]? {
        guard let gap = text.firstRange(of: "::") else { return groups(of: text, mayEndInV4: true) }
        guard let head = groups(of: text[..<gap.lowerBound], mayEndInV4: false),
            let tail = groups(of: text[gap.upperBound...], mayEndInV4: true), head.count + tail.count < 8
        else { return nil }
        return head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    private static func groups(of text: Substring, mayEndInV4: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var end: [UInt16] = []
        if mayEndInV4, let last = parts.last, last.contains(".") {
            guard let address = v4(last) else { return nil }
            end = [UInt16(address >> 16), UInt16(address & 0xFFFF)]
            parts.removeLast()
        }
        var groups: [UInt16] = []
        for part in parts {
            guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(\.isHexadecimalDigit),
                let group = UInt16(part, radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups + end
    }
}

extension IPAddress: CustomStringConvertible {
    /// As RFC 5952 writes it, without brackets.
    public var description: String {
        switch self {
        case .v4(let address):
            return (0..<4).map { String(address >> (24 - 8 * $0) & 0xFF) }.joined(separator: ".")
        case .v6(let address):
            let groups = (0..<8).map { UInt16(address >> UInt128(112 - 16 * $0) & 0xFFFF) }
            return Self.written(groups)
        }
    }

    private static func written(_ groups: [UInt16]) -> String {
        func hexadecimal(_ groups: ArraySlice<UInt16>) -> String {
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        var longest = 0..<0
        for start in groups.indices {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.endIndex
            if end - start > longest.count { longest = start..<end }
        }
        guard longest.count > 1 else { return hexadecimal(groups[...]) }
        return hexadecimal(groups[..<longest.lowerBound]) + "::" + hexadecimal(groups[longest.upperBound...])
    }
}

extension UInt8 {
    package var isHexadecimalDigit: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}
