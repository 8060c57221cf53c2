import Storage

/// Where a browser is sent to sign in, and what it keeps meanwhile.
public struct OpenIDRedirect: Sendable {
    /// For `Location`, with 303.
    public let url: String
    public let cookie: SetCookie
}

/// Somebody who came back from a provider, checked.
public struct OpenIDArrival: Sendable {
    public let identity: OtherIdentity
    public let next: OwnPath
    let flow: Identifier<OpenIDFlow>
}
