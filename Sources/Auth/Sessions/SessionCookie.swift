import Storage

/// What a browser keeps of a session: its name, and a secret of 256 bits of which the server keeps the hash.
public struct SessionCookie: Sendable, Equatable {
    /// `__Host-`: browsers take such a cookie only over TLS, from this very host, for all its paths, so that no other
    /// host of the domain can plant one.
    ///
    /// Over http Chromium keeps it only from this machine by name or number (`localhost`, `*.localhost`, `127.0.0.1`,
    /// `[::1]`): somewhere else a browser signs in over https, or not at all.
    ///
    /// Source: RFC 6265bis, "Cookies: HTTP State Management Mechanism", §4.1.3.2.
    public static let name = "__Host-waxwing_session"

    public let session: Identifier<Session>
    let secret: Secret

    static func random(for session: Identifier<Session>) -> SessionCookie {
        SessionCookie(session: session, secret: .random())
    }

    init(session: Identifier<Session>, secret: Secret) {
        (self.session, self.secret) = (session, secret)
    }

    /// The cookie as the browser sends it back.
    ///
    /// Nil unless `value` is exactly as ``value`` wrote it.
    public init?(_ value: String) {
        guard value.utf8.count == Self.length else { return nil }
        let parts = value.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let session = Identifier<Session>(parts[0]), session.text.isSpelled(parts[0]),
            let secret = Base64URL.decode(parts[1]), secret.count == 32
        else { return nil }
        self.init(session: session, secret: Secret(secret))
    }

    /// 36 characters of the name, a dot, 43 of base64url.
    private static let length = 36 + 1 + 43

    /// The secret itself: for the browser only.
    public var value: String { "\(session).\(Base64URL.encode(secret.bytes))" }
}

extension SessionCookie: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "cookie *** of session \(session)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
