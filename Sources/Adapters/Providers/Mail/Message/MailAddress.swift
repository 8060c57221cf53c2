/// Where mail goes: `ada@example.com`.
///
/// The part before the `@` is of letters of any script, digits and the signs that need no quotes; the domain is a name.
/// Quoted parts and addresses in brackets, which nobody has, are refused.
///
/// Source: RFC 5321 §4.1.2, RFC 6531 §3.3.
public struct MailAddress: Hashable, Sendable {
    public let local: String
    public let domain: String

    public init(_ text: String) throws(MailProblem) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, parts[0].utf8.count <= 64,
            Self.isDotted(parts[0], of: Self.isLocal), Self.isDotted(parts[1], of: Self.isDomain),
            !parts[1].split(separator: ".").contains(where: { $0.hasPrefix("-") || $0.hasSuffix("-") })
        else { throw .address }
        (local, domain) = (String(parts[0]), String(parts[1]))
    }

    /// Servers take it only if they offer `SMTPUTF8`.
    var isInternational: Bool { !"\(self)".utf8.allSatisfy { $0 < 0x80 } }

    /// Parts between single dots, none of them empty.
    private static func isDotted(_ text: Substring, of isPart: (Unicode.Scalar) -> Bool) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0.utf8.count <= 64 && $0.unicodeScalars.allSatisfy(isPart) }
    }

    private static func isLocal(_ scalar: Unicode.Scalar) -> Bool {
        isDomain(scalar) || "!#$%&'*+/=?^_`{|}~".unicodeScalars.contains(scalar)
    }

    private static func isDomain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-": true
        default: !scalar.isASCII && isWritten(scalar)
        }
    }

    /// No controls, spaces and invisible signs, which make two addresses look like one.
    private static func isWritten(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
            .paragraphSeparator:
            false
        default: true
        }
    }
}

extension MailAddress: CustomStringConvertible {
    public var description: String { "\(local)@\(domain)" }
}
