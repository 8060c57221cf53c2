import Storage

/// What a request brings to show who sent it.
public struct Credentials: Sendable {
    /// The text behind `Authorization: Bearer`.
    public let bearerToken: String?

    public init(bearerToken: String? = nil) {
        self.bearerToken = bearerToken
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { bearerToken == nil ? "no credentials" : "bearer ***" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Who sent a request, and how we know.
public struct Principal: Sendable, Equatable {
    public enum Method: String, Sendable {
        case bearer
    }

    public let user: AccountID
    /// Nil for credentials without a session.
    public let session: Identifier<Session>?
    public let method: Method
    /// When the user proved who they are, not when the request came.
    public let authenticatedAt: Timestamp

    public init(user: AccountID, session: Identifier<Session>?, method: Method, authenticatedAt: Timestamp) {
        (self.user, self.session) = (user, session)
        (self.method, self.authenticatedAt) = (method, authenticatedAt)
    }
}

/// Credentials in, a principal out.
public protocol Authenticator: Sendable {
    /// - Returns: nil when there are no credentials of the kind this one understands.
    /// - Throws: when there are, and they are not good.
    func authenticate(_ credentials: Credentials) async throws(AuthError) -> Principal?
}
