import Auth
import Storage

/// Who may enter which room: said by the app that mounts ``Rooms``.
///
/// Asked when somebody enters, and again now and then while they are there: whoever is let in no more has to leave.
public protocol RoomRules: Sendable {
    /// - Returns: nil where there is no such room for `caller`, which looks the same as one that nobody has.
    func pass(for caller: Principal, to room: RoomName) async throws -> RoomPass?
}

/// Lets somebody into a room.
public struct RoomPass: Equatable, Sendable {
    /// Rooms of one name in two namespaces are two. 1 to 128 bytes; `user/…` are those of ``OwnRooms``, which go with the account.
    public let namespace: String
    /// As others see who comes; nil for the name of the account.
    public let name: String?

    public init(namespace: String, name: String? = nil) {
        precondition((1...128).contains(namespace.utf8.count), "a namespace has 1 to 128 bytes")
        (self.namespace, self.name) = (namespace, name)
    }
}

/// Every account has rooms of its own, in which its devices and pages meet.
public struct OwnRooms: RoomRules {
    public init() {}

    public func pass(for caller: Principal, to room: RoomName) -> RoomPass? {
        RoomPass(namespace: Self.namespace(of: caller.user))
    }

    static func namespace(of account: AccountID) -> String { "user/\(account)" }
}
