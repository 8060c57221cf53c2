import Storage

/// Who did something.
public enum AuditActor: Sendable, Equatable {
    case user(AccountID)
    /// A program that brought a user's key.
    case apiKey(Identifier<APIKey>)
    /// The program itself, or who runs it, by its commands.
    case system
    /// Somebody who had not shown who they are, as at a failed sign-in.
    case unknown
}

extension AuditActor {
    public init(_ principal: Principal) {
        self = principal.apiKey.map(AuditActor.apiKey) ?? .user(principal.user)
    }

    /// The kinds as rows have them.
    private enum Kind: String, SQLConvertible {
        case user, system, unknown
        case apiKey = "apikey"
    }

    var columns: (kind: String, id: String?) {
        switch self {
        case .user(let id): (Kind.user.rawValue, id.text)
        case .apiKey(let id): (Kind.apiKey.rawValue, id.text)
        case .system: (Kind.system.rawValue, nil)
        case .unknown: (Kind.unknown.rawValue, nil)
        }
    }

    /// - Parameter row: with `actor_kind` and `actor_id`.
    init(_ row: Row) throws {
        let kind: Kind = try row.get("actor_kind")
        self =
            switch kind {
            case .user: .user(try row.get("actor_id"))
            case .apiKey: .apiKey(try row.get("actor_id"))
            case .system: .system
            case .unknown: .unknown
            }
    }
}

extension AuditActor: Encodable {
    private enum Keys: String, CodingKey { case kind, id }

    /// As `{"kind": "user", "id": "…"}`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(columns.kind, forKey: .kind)
        try container.encodeIfPresent(columns.id, forKey: .id)
    }
}
