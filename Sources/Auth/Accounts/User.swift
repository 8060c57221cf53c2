import Foundation
import Storage

/// Somebody who can sign in.
public struct User: Sendable, Equatable {
    public let id: AccountID
    public let email: EmailAddress
    public let name: UserName?
    public let role: Role
    public let createdAt: Timestamp
    /// When it was shown that mail to ``email`` reaches the user; nil if that is not known.
    public let emailVerifiedAt: Timestamp?
    /// Since when the user is locked out, if they are.
    public let disabledAt: Timestamp?

    public init(
        id: AccountID, email: EmailAddress, name: UserName?, role: Role = .user, createdAt: Timestamp,
        emailVerifiedAt: Timestamp? = nil, disabledAt: Timestamp? = nil
    ) {
        (self.id, self.email, self.name, self.role, self.createdAt) = (id, email, name, role, createdAt)
        (self.emailVerifiedAt, self.disabledAt) = (emailVerifiedAt, disabledAt)
    }
}

extension User {
    static let columns: SQL = "id, email, name, role, created_at, email_verified_at, disabled_at"

    /// - Parameter row: of ``columns``.
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), email: try row.get("email"), name: try row.get(optional: "name"),
            role: try row.get("role"), createdAt: try row.get("created_at"),
            emailVerifiedAt: try row.get(optional: "email_verified_at"),
            disabledAt: try row.get(optional: "disabled_at"))
    }
}

/// What a user wants to be called: 1…200 Unicode scalars, trimmed, without control characters.
public struct UserName: Hashable, Sendable {
    public static let longest = 200

    public let text: String

    /// Nil for a text that is none.
    public init?(_ text: String) {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard (1...Self.longest).contains(trimmed.unicodeScalars.count),
            trimmed.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { return nil }
        self.text = trimmed
    }
}

extension UserName: CustomStringConvertible, SQLConvertible {
    public var description: String { text }
    public var sqlValue: SQLValue { .text(text) }

    public init?(sqlValue: SQLValue) {
        guard case .text(let text) = sqlValue else { return nil }
        self.init(text)
    }
}
