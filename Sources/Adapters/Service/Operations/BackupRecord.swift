import Storage

/// When `waxwing backup` last kept the service, for who looks whether it still does.
public struct BackupRecord: Sendable {
    /// So old a backup is too old, and a service without any.
    public static let oldest = Duration.seconds(7 * 86_400)

    public enum Standing: Equatable, Sendable {
        /// Of that age.
        case kept(Duration)
        /// Never, since the service began: so long ago.
        case never(since: Duration)

        /// Whether more would be lost with the disk than anybody should lose.
        public var isOverdue: Bool {
            switch self {
            case .kept(let age), .never(let age): age > oldest
            }
        }
    }

    private let database: any Database

    public init(_ database: any Database) {
        self.database = database
    }

    /// Written down in the service's own rows: whoever looks asks the same rows.
    public func note(at now: Timestamp) async throws {
        let value = Array(String(now.milliseconds).utf8)
        try await SQLKeyValueStore(database).put(value, for: KeyValueKey(Self.key), expiresIn: nil)
    }

    public func standing(at now: Timestamp) async throws -> Standing {
        let kept = try await SQLKeyValueStore(database).get(KeyValueKey(Self.key))
        if let kept, let time = Int64(String(decoding: kept, as: UTF8.self)) {
            return .kept(max(.zero, now - Timestamp(milliseconds: time)))
        }
        let began: Timestamp? = try await database.read { session in
            try session.row("SELECT min(created_at) AS began FROM installation")?.get(optional: "began")
        }
        return .never(since: began.map { max(.zero, now - $0) } ?? .zero)
    }

    private static let key = "backup:last"
}
