import Foundation

/// Somebody else whose tokens are accepted: a service, or Cloudflare Access in front of this one.
public struct ForeignIssuer: Sendable, Equatable {
    /// Where its public keys are (RFC 7517 §5).
    public enum Keys: Sendable, Equatable {
        /// `https`, or `http` to this machine.
        case url(String)
        /// A file on this machine. It is read again as a URL is fetched again, so it can be replaced while we run.
        case file(String)
    }

    /// Compared byte by byte with a token's `iss`.
    public let issuer: String
    /// Compared byte by byte with a token's `aud`, or one of them.
    public let audience: String
    public let keys: Keys

    /// - Throws: ``ForeignIssuerFlaw``.
    public init(issuer: String, audience: String, keys: Keys) throws(ForeignIssuerFlaw) {
        guard Self.isName(issuer) else { throw .issuer }
        guard Self.isName(audience) else { throw .audience }
        switch keys {
        case .url(let url): guard Self.isSafe(url) else { throw .url }
        case .file(let path): guard path.hasPrefix("/"), !path.utf8.contains(0) else { throw .file }
        }
        (self.issuer, self.audience, self.keys) = (issuer, audience, keys)
    }

    private static func isName(_ text: String) -> Bool {
        (1...2048).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }

    /// `https`, or `http` to this machine; without user and fragment.
    static func isSafe(_ text: String) -> Bool {
        guard isName(text), let url = URLComponents(string: text), let host = url.host, !host.isEmpty,
            url.user == nil, url.password == nil, url.fragment == nil
        else { return false }
        let isThisMachine = ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host.lowercased())
        return url.scheme == "https" || url.scheme == "http" && isThisMachine
    }
}

/// What is wrong with the description of a foreign issuer.
public enum ForeignIssuerFlaw: Error, Equatable, Sendable {
    case issuer, audience, url, file
    /// Neither `jwks_url` nor `jwks_file`, or both.
    case keys
    /// Not an object of texts, or one with a member that has no meaning here.
    case form
    /// An issuer that is there already, or this service itself.
    case duplicate
}

extension ForeignIssuerFlaw: CustomStringConvertible {
    public var description: String {
        switch self {
        case .issuer: "give \"issuer\", as its tokens have it in \"iss\", without spaces"
        case .audience: "give \"audience\", as its tokens have it in \"aud\", without spaces"
        case .url: "\"jwks_url\" must be https (http only to localhost), without user or fragment"
        case .file: "\"jwks_file\" must be a path from the root, as /etc/waxwing/keys.json"
        case .keys: "give either \"jwks_url\" or \"jwks_file\""
        case .form: "write an object of texts: \"issuer\", \"audience\", and \"jwks_url\" or \"jwks_file\""
        case .duplicate: "give each issuer once, and not this service itself"
        }
    }
}
