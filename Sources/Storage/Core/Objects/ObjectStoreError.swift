/// What can go wrong between a store and its objects.
public enum ObjectStoreError: Error, Sendable {
    case notFound(ObjectKey)
    case invalidKey(String)
    /// A conditional write lost: the object exists, or is not the expected one.
    case conditionFailed(ObjectKey)
    /// The range lies outside the object of `size` bytes.
    case rangeNotSatisfiable(ObjectKey, size: Int)
    /// The stored bytes are not those that were put.
    case corrupted(ObjectKey)
    /// No space left, or a limit of the store.
    case full(String)
    case unavailable(String)
    /// The store answered, and will answer the same again: credentials, rights, a clock or a setting are wrong.
    case refused(String)
    /// The caller's stream broke; nothing was stored.
    case bodyFailed(any Error)
}

extension ObjectStoreError: Equatable {
    public static func == (a: ObjectStoreError, b: ObjectStoreError) -> Bool {
        switch (a, b) {
        case (.notFound(let a), .notFound(let b)), (.conditionFailed(let a), .conditionFailed(let b)),
            (.corrupted(let a), .corrupted(let b)):
            a == b
        case (.invalidKey(let a), .invalidKey(let b)), (.full(let a), .full(let b)),
            (.unavailable(let a), .unavailable(let b)), (.refused(let a), .refused(let b)):
            a == b
        case (.rangeNotSatisfiable(let a, let size), .rangeNotSatisfiable(let b, let other)):
            a == b && size == other
        case (.bodyFailed(let a), .bodyFailed(let b)):
            String(reflecting: a) == String(reflecting: b)
        default:
            false
        }
    }
}

extension ObjectStoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notFound(let key):
            "no object at '\(key)': list its prefix to see what is stored"
        case .invalidKey(let fault):
            "not an object key (\(fault)): use parts joined by '/'"
        case .conditionFailed(let key):
            "the object at '\(key)' is not as expected: read it again, then decide"
        case .rangeNotSatisfiable(let key, let size):
            "the range lies outside '\(key)' of \(size) bytes"
        case .corrupted(let key):
            "the object at '\(key)' is damaged: restore it from a backup"
        case .full(let reason):
            "the store is full (\(reason)): free space, then retry"
        case .unavailable(let reason):
            "the store did not answer (\(reason)): safe to retry with backoff"
        case .refused(let reason):
            "the store refused the request (\(reason)): correct that, a retry alone does not help"
        case .bodyFailed(let error):
            "the data to store broke off (\(error)): nothing was stored"
        }
    }
}
