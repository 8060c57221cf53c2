import Crypto
import Storage

/// What a client trades for a fresh access token, once: the session it belongs to, which in the row of its family it
/// is, and a secret of 256 bits of which the server keeps the hash.
public struct RefreshToken: Sendable, Equatable {
    /// Every token begins with it, so that those who look for secrets in logs and repositories find them.
    public static let prefix = "wxr_"

    public let session: Identifier<Session>
    /// 0 for the first of its family, then one more each time.
    let generation: Int64
    let secret: Secret

    static func first(of session: Identifier<Session>) -> RefreshToken {
        RefreshToken(session: session, generation: 0, secret: .random())
    }

    init(session: Identifier<Session>, generation: Int64, secret: Secret) {
        (self.session, self.generation, self.secret) = (session, generation, secret)
    }

    /// Nil unless `text` is exactly as ``text`` wrote it.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.longest, text.utf8.starts(with: Self.prefix.utf8) else { return nil }
        let parts = text.dropFirst(Self.prefix.count).split(separator: ".", omittingEmptySubsequences: false)
            .map(String.init)
        guard parts.count == 3, let session = Identifier<Session>(parts[0]), session.text.isSpelled(parts[0]),
            let generation = Int64(parts[1]), generation >= 0, String(generation).isSpelled(parts[1]),
            let secret = Base64URL.decode(parts[2]), secret.count == 32
        else { return nil }
        self.init(session: session, generation: generation, secret: Secret(secret))
    }

    /// The prefix, 36 characters of the session, at most 19 digits, 43 of base64url, and two dots.
    private static let longest = prefix.utf8.count + 36 + 19 + 43 + 2

    /// The secret itself: for the client only.
    public var text: String { "\(Self.prefix)\(session).\(generation).\(Base64URL.encode(secret.bytes))" }
}

extension RefreshToken {
    /// The token that follows this one.
    ///
    /// Derived, not drawn: who comes again within the grace window is to get the same child, of which only the hash is
    /// stored. Made of this token's secret, so a copy of the database has no children in it; of a salt drawn when the
    /// token is spent, so nobody knows a child beforehand; and of a key of the installation, so that an old token and
    /// a copy of the database together give nothing either. The other way, keeping the child sealed for the length of
    /// the window, needs a key as well, and something that takes the sealed child away in time.
    ///
    /// - Returns: nil when there is no generation left.
    func child(salt: [UInt8], key: Secret) -> RefreshToken? {
        let (next, overflow) = generation.addingReportingOverflow(1)
        guard !overflow else { return nil }
        // Salt and secret are of fixed lengths: no two pairs read the same.
        let derived = HMAC<SHA256>.authenticationCode(
            for: salt + secret.bytes, using: SymmetricKey(data: key.bytes))
        return RefreshToken(session: session, generation: next, secret: Secret(Array(derived)))
    }
}

extension RefreshToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "refresh token *** of session \(session)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
