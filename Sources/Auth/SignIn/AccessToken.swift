import Storage

/// What a user gets for the right password.
public struct AccessToken: Sendable {
    /// To be sent as `Authorization: Bearer`.
    public let token: String
    public let expiresIn: Duration
    public let user: User
    public let session: Identifier<Session>
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "access token *** of session \(session)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
