import HTTPTypes
import Hummingbird

/// Who may keep an answer, and for how long: all that this service ever says about it (RFC 9111 §5.2).
enum CachePolicy: String, CaseIterable {
    /// What is about an account, and all that is not named here.
    case never = "no-store"
    /// Files of an account: its own browser may keep them.
    case ownFile = "private, max-age=3600"
    /// Songs of an account, which change rarely and are heard often.
    case ownSong = "private, max-age=86400"
    /// Files that their owner opened to everybody.
    case publicFile = "public, max-age=3600"
    case publicPicture = "public, max-age=86400"
    /// Keys that tokens are checked by: as long as a new one is published before it signs.
    case keys = "public, max-age=30"
    /// What is the same for everybody until the next release: the description of the API.
    case published = "public, max-age=300"

    /// Whether caches that serve several people may keep it.
    var isShared: Bool { rawValue.hasPrefix("public") }
}

extension Response {
    /// Whether the answer says that caches of several people may keep it, or leaves it to them.
    var isStorableForAll: Bool {
        guard let text = headers[.cacheControl] else { return true }
        let directives = text.lowercased().split(separator: ",").map { $0.trimmingBlanks }
        return !directives.contains { $0 == "no-store" || $0.hasPrefix("private") }
    }
}
