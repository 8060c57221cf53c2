import Auth
import Storage

/// Whether who was let in would be let in still. Sessions, keys and accounts end; what else a credential depended on is asked
/// when it is brought again.
struct LivePrincipals: Sendable {
    let sessions: Sessions
    let keys: APIKeys
    let users: Users

    func ended(among principals: [Principal], in session: any ReadSession) throws -> Set<Int> {
        let liveSessions = try sessions.live(among: Set(principals.compactMap(\.session)), in: session)
        let liveKeys = try keys.live(among: Set(principals.compactMap(\.apiKey)), in: session)
        let others = principals.filter { $0.session == nil && $0.apiKey == nil }
        let enabled = try users.enabled(among: Set(others.map(\.user)), in: session)
        return Set(
            principals.indices.filter { index in
                let principal = principals[index]
                if let id = principal.session { return !liveSessions.contains(id) }
                if let id = principal.apiKey { return !liveKeys.contains(id) }
                return !enabled.contains(principal.user)
            })
    }
}
