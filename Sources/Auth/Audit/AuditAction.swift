import Storage

/// What may be found in the audit log. The texts are kept in rows: they are never changed.
public enum AuditAction: String, Sendable, Codable, CaseIterable, SQLConvertible {
    case signedIn = "signin.password"
    /// With the word of a provider.
    case signedInElsewhere = "signin.provider"
    case signInFailed = "signin.failed"
    case sessionRevoked = "session.revoked"
    case refreshReused = "refresh.reused"

    case accountCreated = "account.created"
    /// Somebody wanted to register an address that is registered, and was told so by mail.
    case accountCreatedAgain = "account.created_again"
    /// An identity at a provider became that of a user who was here before.
    case identityLinked = "identity.linked"
    case accountInvited = "account.invited"
    case accountDisabled = "account.disabled"
    case accountEnabled = "account.enabled"
    case accountDeleted = "account.deleted"
    case roleChanged = "role.changed"

    case emailVerificationRequested = "email.verification_requested"
    case emailVerified = "email.verified"
    case passwordChanged = "password.changed"
    case passwordConfirmed = "password.confirmed"
    case passwordResetRequested = "password.reset_requested"
    case passwordReset = "password.reset"

    case apiKeyCreated = "apikey.created"
    case apiKeyRevoked = "apikey.revoked"

    case checkoutStarted = "billing.checkout_started"
    case subscriptionChanged = "billing.subscription_changed"
    case subscriptionCanceled = "billing.subscription_canceled"
    case subscriptionResumed = "billing.subscription_resumed"
    /// By the operator.
    case planAssigned = "billing.plan_assigned"
    case quotaCorrected = "billing.quota_corrected"
}
