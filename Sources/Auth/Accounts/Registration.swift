/// Who may make an account, and what an account needs before it is used. Decided here for every way to sign up.
public struct Registration: Sendable, Equatable {
    public enum Policy: String, Sendable, CaseIterable {
        case open, invitation, closed
    }

    public let policy: Policy
    /// Whether a user signs in with a password only when it is known that mail reaches them. Needs a way to send mail.
    public let requiresVerifiedEmail: Bool

    public static let open = Registration(.open)

    public init(_ policy: Policy, requiresVerifiedEmail: Bool = false) {
        (self.policy, self.requiresVerifiedEmail) = (policy, requiresVerifiedEmail)
    }

    /// Lets those pass who may register.
    ///
    /// - Throws: ``AuthError/registrationClosed``, ``AuthError/invitationNeeded``.
    public func allow(invited: Bool) throws(AuthError) {
        switch policy {
        case .open: break
        case .invitation: guard invited else { throw .invitationNeeded }
        case .closed: throw .registrationClosed
        }
    }
}
