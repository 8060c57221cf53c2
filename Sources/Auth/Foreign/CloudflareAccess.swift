/// Cloudflare Access in front of this service: everybody who comes through brings its assertion.
///
/// Source: Cloudflare, "Validate JWTs" (Cloudflare One documentation).
public struct CloudflareAccess: Sendable, Equatable {
    /// The header that carries the assertion.
    public static let header = "Cf-Access-Jwt-Assertion"
    /// The cookie that carries it where the header is missing.
    public static let cookie = "CF_Authorization"

    /// The team as an issuer of tokens for one application.
    public let issuer: ForeignIssuer

    /// - Parameters:
    ///   - team: the team's domain, `team.cloudflareaccess.com`; also with `https://` before it.
    ///   - audience: the application's AUD tag.
    /// - Throws: ``ForeignIssuerFlaw/issuer`` for what is no domain; ``ForeignIssuerFlaw/audience``.
    public init(team: String, audience: String) throws(ForeignIssuerFlaw) {
        let domain = team.hasPrefix("https://") ? String(team.dropFirst("https://".count)) : team
        guard domain.contains("."), domain.utf8.allSatisfy(Self.isDomainByte) else { throw .issuer }
        issuer = try ForeignIssuer(
            issuer: "https://\(domain)", audience: audience, keys: .url("https://\(domain)/cdn-cgi/access/certs"))
    }

    private static func isDomainByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
