import Storage

/// What a user is to the installation. Read from the database on each request: a changed role counts at once.
public enum Role: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// Has an account of their own.
    case user
    /// Looks after the installation and the accounts of others.
    case admin
    /// A program with an account of its own.
    case service
}
