import Foundation
import Storage

/// Issues and reads this service's access tokens: `typ` `JWT`, naming user (`sub`) and session (`sid`).
public struct AccessTokens: Sendable {
    /// After so long a client asks for the next one, by its refresh token.
    public static let life = Duration.seconds(30 * 60)

    private let keys: @Sendable () -> KeySet
    private let lookForKey: @Sendable (_ id: String) async -> Void
    private let issuer: String
    private let audience: String
    private let rules: TokenRules
    private let known: KnownSignatures

    /// Signed by the keys of the moment.
    public init(
        keys: Keys, issuer: String = "waxwing", audience: String = "waxwing-api", clock: any WallClock = SystemClock()
    ) {
        self.init(
            keys: { keys.keySet }, lookForKey: { await keys.look(for: $0) }, issuer: issuer, audience: audience,
            clock: clock)
    }

    /// Signed by keys that stay.
    public init(
        keys: KeySet, issuer: String = "waxwing", audience: String = "waxwing-api", clock: any WallClock = SystemClock()
    ) {
        self.init(keys: { keys }, lookForKey: { _ in }, issuer: issuer, audience: audience, clock: clock)
    }

    init(
        keys: @escaping @Sendable () -> KeySet, lookForKey: @escaping @Sendable (_ id: String) async -> Void,
        issuer: String, audience: String, clock: any WallClock, known: KnownSignatures = KnownSignatures()
    ) {
        self.known = known
        (self.keys, self.lookForKey, self.issuer, self.audience) = (keys, lookForKey, issuer, audience)
        rules = TokenRules(
            issuer: issuer, audience: audience, types: .own, clock: clock, leeway: TokenVerifier.largestLeeway)
    }

    /// A token that ends after ``life``, and no later than its session.
    ///
    /// - Parameter now: the clock's time unless given.
    public func issue(for session: Session, at now: Timestamp? = nil) throws(AuthError) -> String {
        let now = now ?? rules.clock.now()
        let claims = Claims(
            iss: issuer, aud: audience, sub: session.user, sid: session.id, iat: now.wholeSeconds,
            exp: Self.expiry(for: session, at: now).wholeSeconds)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let payload = try? encoder.encode(claims) else { throw .unavailable(reason: "claims were not encoded") }
        do throws(SigningKeyError) {
            return try CompactJWS.sign(Array(payload), type: "JWT", with: keys().signing)
        } catch {
            throw .unavailable(reason: error.description)
        }
    }

    /// When a token issued now ends, up to a second.
    public static func expiry(for session: Session, at now: Timestamp) -> Timestamp {
        min(now + life, session.expiresAt)
    }

    /// The public halves of the keys (RFC 7517 §5), as ``KeySet/published``; the next key is there before it signs.
    public var published: [UInt8] { keys().published }

    /// Whom a good token names. Whether the session still lives only its row can tell.
    public func verify(_ token: String) throws(TokenFlaw) -> (user: AccountID, session: Identifier<Session>) {
        let claims = try rules.claims(of: CompactJWS.open(token, with: keys(), known: known))
        guard let user = AccountID(claims.subject) else { throw .subject }
        guard let session = claims.text("sid").flatMap(Identifier<Session>.init(_:)) else { throw .claims }
        return (user, session)
    }

    /// As ``verify(_:)``, but looks for new keys first if the token names one that is not known: another server may
    /// have heard of a rotation before this one.
    public func verifyByNewestKeys(
        _ token: String
    ) async throws(TokenFlaw) -> (user: AccountID, session: Identifier<Session>) {
        do throws(TokenFlaw) {
            return try verify(token)
        } catch {
            guard error == .unknownKey else { throw error }
            guard let id = try CompactJWS(token).keyID else { throw .unknownKey }
            await lookForKey(id)
            return try verify(token)
        }
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
