import Storage
import Synchronization

/// How a server wants the entity tag of `If-Match`: in quotes, as HTTP says, or bare, as older radosgw compares it.
final class ConditionStyle: Sendable {
    private let bare = Mutex(false)

    var isBare: Bool { bare.withLock { $0 } }

    func rememberBare() {
        bare.withLock { $0 = true }
    }

    /// - Returns: nil for an entity tag that no server gave.
    static func header(_ condition: WriteCondition, bare: Bool) -> [SignableRequest.Field]? {
        switch condition {
        case .always: return []
        case .absent: return [.init("If-None-Match", "*")]
        case .matches(let etag):
            let isTag = !etag.isEmpty && etag.utf8.isVisibleASCII && !etag.utf8.contains(UInt8(ascii: "\""))
            return isTag ? [.init("If-Match", bare ? etag : "\"\(etag)\"")] : nil
        }
    }
}
