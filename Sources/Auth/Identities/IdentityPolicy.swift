import Storage

/// What an operator lets the word of other issuers do here.
public struct IdentityPolicy: Sendable {
    /// Whether an identity becomes that of the user who has the same e-mail address. Both sides must have verified it:
    /// else whoever registers an address first gets into the account of whoever owns it, or the other way round.
    public var linksByEmail: Bool
    /// Whether an account whose address nobody has confirmed, and which no password opens before, becomes that of whoever
    /// comes with the address verified: else whoever registers it first shuts its owner out. The password, sessions and keys that
    /// it was registered with are worth nothing then, as after a reset by mail.
    public var claimsUnconfirmed: Bool
    /// Who may come in at all.
    public var allowlist: EmailAllowlist
    /// Adds what else a new account needs, or throws when none may be made; runs in the same transaction, after the
    /// user's row is there. The address was verified by the issuer.
    public var register: @Sendable (User, any WriteSession) throws -> Void

    public init(
        linksByEmail: Bool = false, claimsUnconfirmed: Bool = false, allowlist: EmailAllowlist = .everybody,
        register: @escaping @Sendable (User, any WriteSession) throws -> Void = { _, _ in }
    ) {
        (self.linksByEmail, self.claimsUnconfirmed) = (linksByEmail, claimsUnconfirmed)
        (self.allowlist, self.register) = (allowlist, register)
    }
}
