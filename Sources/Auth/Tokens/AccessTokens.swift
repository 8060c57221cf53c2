import Foundation
import Storage

/// Issues and reads this service's access tokens: signed by its first key, `typ` `JWT`, naming user (`sub`) and session (`sid`).
public struct AccessTokens: Sendable {
    private let keys: KeySet
    private let issuer: String
    private let audience: String
    private let verifier: TokenVerifier

    public init(
        keys: KeySet, issuer: String = "waxwing", audience: String = "waxwing-api",
        clock: any WallClock = SystemClock()
    ) {
        (self.keys, self.issuer, self.audience) = (keys, issuer, audience)
        verifier = TokenVerifier(keys: keys, issuer: issuer, audience: audience, clock: clock)
    }

    /// A token that ends with its session.
    public func issue(for session: Session) throws(AuthError) -> String {
        let claims = Claims(
            iss: issuer, aud: audience, sub: session.user, sid: session.id,
            iat: session.createdAt.wholeSeconds, exp: session.expiresAt.wholeSeconds)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let payload = try? encoder.encode(claims) else { throw .unavailable(reason: "claims were not encoded") }
        do throws(SigningKeyError) {
            return try CompactJWS.sign(Array(payload), type: "JWT", with: keys.signing)
        } catch {
            throw .unavailable(reason: error.description)
        }
    }

    /// Whom a good token names. Whether the session still lives only its row can tell.
    public func verify(_ token: String) throws(TokenFlaw) -> (user: AccountID, session: Identifier<Session>) {
        let claims = try verifier.verify(token)
        guard let user = AccountID(claims.subject) else { throw .subject }
        guard let session = claims.text("sid").flatMap(Identifier<Session>.init(_:)) else { throw .claims }
        return (user, session)
    }

    private struct Claims: Encodable {
        let iss: String
        let aud: String
        let sub: AccountID
        let sid: Identifier<Session>
        let iat: Int64
        let exp: Int64
    }
}

extension Timestamp {
    /// Seconds since 1970, rounded down.
    fileprivate var wholeSeconds: Int64 {
        milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0)
    }
}
