import Addresses

extension OutboundURL.Host {
    /// A name of letters, digits, hyphens and underscores, or four numbers.
    init(name text: Substring) throws(OutboundURLProblem) {
        let name = (text.hasSuffix(".") ? text.dropLast() : text).lowercased()
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...253).contains(name.utf8.count), labels.allSatisfy(Self.isLabel), let last = labels.last else {
            throw .host
        }
        guard !Self.isNumber(last) else {
            // Whoever ends in a number is an address to many resolvers: 127.1, 2130706433, 0x7f.1, 0177.0.0.1.
            guard let address = IPAddress(name) else { throw .host }
            self = .address(address)
            return
        }
        self = .name(name)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
    }

    private static func isNumber(_ label: Substring) -> Bool {
        label.utf8.allSatisfy { (0x30...0x39).contains($0) }
            || label.hasPrefix("0x") && label.utf8.dropFirst(2).allSatisfy(\.isHexadecimalDigit)
    }
}
