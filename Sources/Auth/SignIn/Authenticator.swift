import Storage

/// What a request brings to show who sent it.
public struct Credentials: Sendable {
    /// The text behind `Authorization: Bearer`.
    public let bearerToken: String?
    /// The value of the cookie ``SessionCookie/name``.
    public let sessionCookie: String?
    /// A key in a header of its own, as `X-API-Key`.
    public let apiKey: String?
    /// The header ``CloudflareAccess/header``.
    public let accessAssertion: String?
    /// The value of the cookie ``CloudflareAccess/cookie``.
    public let accessCookie: String?
    /// Where the request came in from; nil where that is not known.
    public let connection: ClientConnection?

    public init(
        bearerToken: String? = nil, sessionCookie: String? = nil, apiKey: String? = nil,
        accessAssertion: String? = nil, accessCookie: String? = nil, connection: ClientConnection? = nil
    ) {
        (self.bearerToken, self.sessionCookie, self.apiKey) = (bearerToken, sessionCookie, apiKey)
        (self.accessAssertion, self.accessCookie) = (accessAssertion, accessCookie)
        self.connection = connection
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        let kinds = [
            ("bearer", bearerToken), ("cookie", sessionCookie), ("API key", apiKey), ("assertion", accessAssertion),
            ("assertion cookie", accessCookie),
        ]
        let shown = kinds.compactMap { kind, text in text.map { _ in "\(kind) ***" } }
        return shown.isEmpty ? "no credentials" : shown.joined(separator: ", ")
    }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Who sent a request, and how we know.
public struct Principal: Sendable, Equatable {
    public enum Method: String, Sendable {
        case bearer, cookie
        case apiKey = "api_key"
        /// An assertion of Cloudflare Access.
        case access
        /// A token of a foreign issuer.
        case service
        case development

        /// Whether browsers send it with what other sites make them send: then whoever changes something asks first
        /// where the request comes from (`Origin`).
        public var isSentByBrowsers: Bool {
            switch self {
            case .cookie, .access, .development: true
            case .bearer, .apiKey, .service: false
            }
        }
    }

    public let user: AccountID
    /// What the user is now, not what they were when they signed in: whoever makes a principal reads it anew.
    public let role: Role
    /// Nil for credentials without a session.
    public let session: Identifier<Session>?
    /// The key it was, if it was one.
    public let apiKey: Identifier<APIKey>?
    public let method: Method
    /// When the user proved who they are, not when the request came.
    public let authenticatedAt: Timestamp
    /// What the credentials are good for: less than the user may, never more.
    public let scopes: Scopes

    public init(
        user: AccountID, role: Role, session: Identifier<Session>?, method: Method, authenticatedAt: Timestamp,
        scopes: Scopes = .all, apiKey: Identifier<APIKey>? = nil
    ) {
        (self.user, self.role, self.session, self.scopes) = (user, role, session, scopes)
        self.apiKey = apiKey
        (self.method, self.authenticatedAt) = (method, authenticatedAt)
    }
}

/// Credentials in, a principal out.
public protocol Authenticator: Sendable {
    /// - Returns: nil when there are no credentials of the kind this one understands.
    /// - Throws: when there are, and they are not good.
    func authenticate(_ credentials: Credentials) async throws(AuthError) -> Principal?
}
