import Auth
import Storage

/// What may be asked of the service. The names are those of the scopes that credentials can be narrowed to.
public enum Permission: String, CaseIterable, Sendable {
    case readLibrary = "library:read"
    case changeLibrary = "library:write"
    case upload = "uploads:write"
    case process = "analyses:run"
    case readJobs = "jobs:read"
    /// To stop them, and have them done again.
    case changeJobs = "jobs:write"
    /// What happens to the account's things, as it happens.
    case followEvents = "events:read"
    /// What devices keep in step.
    case readSync = "sync:read"
    case changeSync = "sync:write"
    /// To be in rooms, and to say something there.
    case useRooms = "rooms:use"
    case readAccount = "account:read"
    /// Password, sessions, API keys, the end of the account.
    case changeAccount = "account:write"
    /// What is paid for.
    case changeBilling = "billing:write"
    /// Other people's accounts.
    case administer = "admin"
}

extension Permission {
    var scope: Scope {
        guard let scope = Scope(rawValue) else { preconditionFailure("'\(rawValue)' is no scope") }
        return scope
    }

    /// Scopes by their names.
    ///
    /// - Parameter names: nil for all that the user may.
    /// - Throws: ``ServiceError`` `.invalid` naming the first that is none.
    static func scopes(_ names: [String]?) throws(ServiceError) -> Scopes {
        guard let names else { return .all }
        for name in names where Permission(rawValue: name) == nil {
            let known = allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid(field: "scopes", "'\(name.prefix(Scope.longest))' is no scope: there are \(known)")
        }
        return .only(Set(names.compactMap(Scope.init)))
    }
}

/// Who may do what: the one place that decides it. Every use case begins by asking here.
extension Principal {
    /// Whether somebody signed in themselves, and it is not a program of theirs that asks.
    var isSignedIn: Bool { session != nil || method == .access }

    /// - Returns: the account whose things the caller acts on: their own, and nobody else's.
    /// - Throws: ``ServiceError`` `.forbidden`.
    package func may(_ permission: Permission) throws(ServiceError) -> AccountID {
        guard scopes.allow(permission.scope) else {
            throw .forbidden(
                "these credentials are not good for '\(permission.rawValue)': use some that are, or sign in")
        }
        guard permission != .administer || role == .admin else {
            throw .forbidden("this is for administrators: ask one, or have one make you one")
        }
        return user
    }
}
