import Storage

/// What credentials are good for.
public enum Scopes: Sendable, Equatable {
    /// Everything their user may.
    case all
    /// These things at most; nothing if there are none.
    case only(Set<Scope>)

    public func allow(_ scope: Scope) -> Bool {
        switch self {
        case .all: true
        case .only(let scopes): scopes.contains(scope)
        }
    }

    /// Whether nothing is in `others` that is not in these: with some credentials only such as may less are made.
    public func cover(_ others: Scopes) -> Bool {
        switch (self, others) {
        case (.all, _): true
        case (.only, .all): false
        case (.only(let mine), .only(let theirs)): theirs.isSubset(of: mine)
        }
    }
}

extension Scopes: SQLConvertible {
    /// Null for all; else sorted, with a space between (RFC 6749 §3.3).
    public var sqlValue: SQLValue {
        switch self {
        case .all: .null
        case .only(let scopes): .text(scopes.sorted().map(\.text).joined(separator: " "))
        }
    }

    /// Nil when one of the words is no scope: what cannot be read must not mean more, and not less either.
    public init?(sqlValue: SQLValue) {
        switch sqlValue {
        case .null: self = .all
        case .text(let text):
            let words = text.split(separator: " ").map(String.init)
            let scopes = words.compactMap(Scope.init)
            guard scopes.count == words.count else { return nil }
            self = .only(Set(scopes))
        default: return nil
        }
    }
}
