import Storage

/// Something that happened to an account, before it is written down.
public struct AuditEvent: Sendable, Equatable {
    public let action: AuditAction
    public let actor: AuditActor
    /// Whose account it is about; nil when that is nobody's, or not known.
    public let subject: AccountID?
    /// Nil when it did not come with a request, or is no longer to be known.
    public let origin: RequestOrigin?
    public let detail: AuditDetail

    public init(
        _ action: AuditAction, of subject: AccountID?, by actor: AuditActor, from origin: RequestOrigin?,
        _ detail: AuditDetail = [:]
    ) {
        (self.action, self.subject, self.actor) = (action, subject, actor)
        (self.origin, self.detail) = (origin, detail)
    }
}
