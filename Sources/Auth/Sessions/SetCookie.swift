import Storage

/// The value of a `Set-Cookie` header: a cookie for this host alone, that no script reads and no other site's form
/// sends along.
///
/// Source: RFC 6265 §4.1; `SameSite` and `__Host-`: RFC 6265bis §4.1.2.7 and §4.1.3.2.
public struct SetCookie: Sendable {
    private let name: String
    private let value: String
    private let maxAge: Int64
    private var sameSite = "Lax"

    /// - Parameter end: the browser forgets the cookie then; it is nothing the server relies on.
    public static func session(_ cookie: SessionCookie, until end: Timestamp, at now: Timestamp) -> SetCookie {
        SetCookie(
            name: SessionCookie.name, value: cookie.value, maxAge: max(0, (end - now).components.seconds))
    }

    /// Takes the session's cookie out of the browser.
    public static let sessionEnd = SetCookie(name: SessionCookie.name, value: "", maxAge: 0)

    /// For the answer of a provider to come back with. One that is posted comes from the provider's page, and browsers
    /// send a cookie along only with `SameSite=None`: it is worth nothing without the answer's `state`.
    static func openID(_ cookie: OpenIDCookie, for mode: OpenIDProvider.AnswerMode) -> SetCookie {
        var header = SetCookie(
            name: OpenIDCookie.name(for: mode), value: cookie.value, maxAge: OpenIDFlows.life.components.seconds)
        if mode == .form { header.sameSite = "None" }
        return header
    }

    /// What HTTP writes out. It has the secret in it: not for logs.
    public var headerValue: String {
        "\(name)=\(value); Path=/; Max-Age=\(maxAge); HttpOnly; Secure; SameSite=\(sameSite)"
    }
}

extension SetCookie: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "\(name)=***; Max-Age=\(maxAge)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
