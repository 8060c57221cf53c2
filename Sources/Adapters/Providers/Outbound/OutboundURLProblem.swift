/// Why a text is no address to send to. Tells nothing that is not in the text itself.
public enum OutboundURLProblem: Error, Equatable, Sendable {
    case tooLong
    case character
    case scheme
    case userInformation
    case host
    case port
    case fragment
    case escape
}

extension OutboundURLProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLong: "the address is longer than \(OutboundURL.longest) bytes: shorten it"
        case .character:
            "the address has a space or a character outside plain ASCII: escape it, or write the host as xn--…"
        case .scheme: "the address must begin with https:// (or http:// where that is allowed)"
        case .userInformation: "the address has a user before an @: send credentials in a header"
        case .host: "the address needs a full host name, or four numbers as in 192.0.2.1, or [an IPv6 address]"
        case .port: "the address's port must be a number in 1…65535, or be left out with its colon"
        case .fragment: "the address has a #: remove it and what follows"
        case .escape: "the address has a % without two hexadecimal digits, or an escaped control character: correct it"
        }
    }
}
