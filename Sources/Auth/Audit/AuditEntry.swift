import Storage

/// A row of the audit log.
public struct AuditEntry: Sendable, Equatable {
    public let id: Identifier<AuditEntry>
    public let createdAt: Timestamp
    public let event: AuditEvent

    package init(id: Identifier<AuditEntry>, createdAt: Timestamp, event: AuditEvent) {
        (self.id, self.createdAt, self.event) = (id, createdAt, event)
    }
}

extension AuditEntry {
    /// Without where and with what, where it was neither the user themselves nor a stranger at their door.
    public func withoutOrigin(unlessOf user: AccountID) -> AuditEntry {
        guard case .user(let actor) = event.actor, actor != user else { return self }
        let event = AuditEvent(event.action, of: event.subject, by: event.actor, from: nil, event.detail)
        return AuditEntry(id: id, createdAt: createdAt, event: event)
    }

    static let columns: SQL =
        "id, created_at, action, actor_kind, actor_id, subject_id, address, device, detail"

    /// - Parameter row: of ``columns``.
    init(_ row: Row) throws {
        let address: String? = try row.get(optional: "address")
        let device: DeviceName? = try row.get(optional: "device")
        self.init(
            id: try row.get("id"), createdAt: try row.get("created_at"),
            event: AuditEvent(
                try row.get("action"), of: try row.get(optional: "subject_id"), by: try AuditActor(row),
                from: address.map { RequestOrigin(address: $0, device: device) },
                try AuditDetail(column: row.get(optional: "detail"))))
    }

    var cursor: PageCursor { PageCursor(createdAt: createdAt, id: id.text) }
}

extension AuditEntry: Encodable {
    private enum Keys: String, CodingKey {
        case id, action, actor, subject, address, device, detail
        case createdAt = "created_at"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(id, forKey: .id)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(event.action, forKey: .action)
        try container.encode(event.actor, forKey: .actor)
        try container.encodeIfPresent(event.subject, forKey: .subject)
        try container.encodeIfPresent(event.origin?.address, forKey: .address)
        try container.encodeIfPresent(event.origin?.device?.text, forKey: .device)
        try container.encode(event.detail, forKey: .detail)
    }
}
