import Storage

/// What a mailed link is for. The texts are kept in rows: they are never changed.
public enum OneTimePurpose: String, Sendable, CaseIterable, SQLConvertible {
    /// Shows that mail to an address reaches its user.
    case verifyEmail = "verify-email"
    /// Lets a user choose a new password.
    case resetPassword = "reset-password"
    /// Lets somebody register where not everybody may.
    case invitation

    /// How long a link is good: the less, the more it opens.
    public var life: Duration {
        switch self {
        case .verifyEmail: .seconds(24 * 60 * 60)
        case .resetPassword: .seconds(30 * 60)
        case .invitation: .seconds(7 * 24 * 60 * 60)
        }
    }
}
