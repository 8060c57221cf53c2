import Storage

/// A mailbox, in one spelling: trimmed, lower-case, checked once.
///
/// Stricter than RFC 5321: ASCII (domains of other scripts in their `xn--` form), no quoted local parts, a domain of
/// at least two labels. What passes can be mailed; whether anybody reads it only a mail can tell.
public struct EmailAddress: Hashable, Sendable {
    public static let longest = 254

    public let text: String

    public init(_ text: String) throws(EmailFlaw) {
        guard text.utf8.count <= 4 * Self.longest else { throw .tooLong }
        let trimmed = text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
        let address = String(trimmed)
        // Before lower-casing: letters of other scripts may have a lower-case form in ASCII.
        guard address.utf8.isVisibleASCII else { throw .characters }
        guard address.utf8.count <= Self.longest else { throw .tooLong }
        let parts = address.lowercased().split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isLocalPart(parts[0]), Self.isDomain(parts[1]) else { throw .form }
        self.text = parts.joined(separator: "@")
    }

    private static func isLocalPart(_ part: Substring) -> Bool {
        let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+/=?^_`{|}~-.")
        return (1...64).contains(part.count) && part.allSatisfy(allowed.contains)
            && part.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
    }

    private static func isDomain(_ domain: Substring) -> Bool {
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != "-" && label.last != "-"
                    && label.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
            }
    }
}

extension EmailAddress {
    static func parsed(_ text: String) throws(AuthError) -> EmailAddress {
        do throws(EmailFlaw) { return try EmailAddress(text) } catch { throw .emailRefused(error) }
    }
}

/// Why a text is no e-mail address.
public enum EmailFlaw: Error, Equatable, Sendable {
    case form, characters, tooLong
    /// An address that is nobody's, for users that are no people.
    case reserved
}

extension EmailFlaw: CustomStringConvertible {
    public var description: String {
        switch self {
        case .form: "this is not an e-mail address: write it like name@example.com"
        case .characters: "the e-mail address has a space or a letter outside ASCII: write the domain as xn--…"
        case .reserved: "this e-mail address can get no mail: use one of yours"
        case .tooLong: "the e-mail address is too long: at most \(EmailAddress.longest) characters"
        }
    }
}

extension EmailAddress: CustomStringConvertible, SQLConvertible {
    public var description: String { text }
    public var sqlValue: SQLValue { .text(text) }

    public init?(sqlValue: SQLValue) {
        guard case .text(let text) = sqlValue, let address = try? EmailAddress(text) else { return nil }
        self = address
    }
}
