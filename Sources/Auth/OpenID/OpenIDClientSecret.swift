import Foundation
import Storage

/// How we show a provider that we are its client.
public enum OpenIDClientSecret: Sendable {
    /// The text the provider gave us.
    case shared(Secret)
    /// Apple's: a token signed with our key, made afresh for every exchange.
    ///
    /// Source: Apple, "Creating a client secret" (Sign in with Apple REST API).
    case signed(team: String, key: SigningKey)
    /// A client without a secret: PKCE alone shows that it is the one who asked.
    case none

    /// Apple takes up to six months; nobody needs more than the exchange takes.
    static let signedLife = Duration.seconds(5 * 60)

    /// The secret as it is sent.
    ///
    /// - Throws: ``SigningKeyError/notSigned(_:)``.
    func text(for provider: OpenIDProvider, at now: Timestamp) throws(SigningKeyError) -> String? {
        switch self {
        case .none: return nil
        case .shared(let secret): return String(decoding: secret.bytes, as: UTF8.self)
        case .signed(let team, let key):
            let claims = SignedClaims(
                iss: team, sub: provider.clientID, aud: provider.issuer, iat: now.milliseconds / 1000,
                exp: (now + Self.signedLife).milliseconds / 1000)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            guard let payload = try? encoder.encode(claims) else { throw .notSigned(key.algorithm) }
            return try CompactJWS.sign(Array(payload), type: "JWT", with: key)
        }
    }

    private struct SignedClaims: Encodable {
        let iss: String
        let sub: String
        let aud: String
        let iat: Int64
        let exp: Int64
    }
}
