import Foundation
import Storage

/// Somebody who can sign in.
public struct User: Sendable, Equatable {
    public let id: AccountID
    public let email: EmailAddress
    public let name: UserName?
    public let createdAt: Timestamp

    public init(id: AccountID, email: EmailAddress, name: UserName?, createdAt: Timestamp) {
        (self.id, self.email, self.name, self.createdAt) = (id, email, name, createdAt)
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
