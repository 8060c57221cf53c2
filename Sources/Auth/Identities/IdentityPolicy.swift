import Storage

/// What an operator lets the word of other issuers do here.
public struct IdentityPolicy: Sendable {
    /// Whether an identity becomes that of the user who has the same e-mail address. Both sides must have verified it:
    /// else whoever registers an address first gets into the account of whoever owns it, or the other way round.
    public var linksByEmail: Bool
    /// Who may come in at all.
    public var allowlist: EmailAllowlist
    /// Adds what else a new account needs, or throws when none may be made; runs in the same transaction, after the
    /// user's row is there. The address was verified by the issuer.
    public var register: @Sendable (User, any WriteSession) throws -> Void

    public init(
        linksByEmail: Bool = false, allowlist: EmailAllowlist = .everybody,
        register: @escaping @Sendable (User, any WriteSession) throws -> Void = { _, _ in }
    ) {
        (self.linksByEmail, self.allowlist, self.register) = (linksByEmail, allowlist, register)
    }
}
