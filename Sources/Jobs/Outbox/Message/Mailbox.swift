/// Who writes or reads an e-mail.
///
/// Stricter than RFC 5322: an address in ASCII (domains of other scripts in their `xn--` form) without quoted local parts.
public struct Mailbox: Hashable, Sendable {
    public static let longestAddress = 254
    public static let longestName = 200

    /// As `ada@example.com`, in the case in which it was given.
    public let address: String
    /// For people, in any script.
    public let name: String?

    public init(_ address: String, name: String? = nil) throws(MessageFlaw) {
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard address.utf8.count <= Self.longestAddress, parts.count == 2, Self.isLocalPart(parts[0]),
            Self.isDomain(parts[1])
        else { throw .mailbox }
        if let name {
            guard !name.isBlank, name.utf8.count <= Self.longestName, name.isOneLine else { throw .mailbox }
        }
        (self.address, self.name) = (address, name)
    }

    private static func isLocalPart(_ part: Substring) -> Bool {
        part.utf8.count <= 64
            && part.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
                !atom.isEmpty && atom.utf8.allSatisfy(isInAtom)
            }
    }

    /// RFC 5322 §3.2.3.
    private static func isInAtom(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isDomain(_ domain: Substring) -> Bool {
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
            }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch Unicode.Scalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }
}

extension Mailbox: Codable {
    private enum CodingKeys: String, CodingKey {
        case address, name
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            try values.decode(String.self, forKey: .address),
            name: try values.decodeIfPresent(String.self, forKey: .name))
    }
}
