/// What a room is called, within a namespace: 1 to 64 letters, digits, `.`, `_` and `-` of ASCII.
public struct RoomName: Hashable, Sendable {
    public let text: String

    /// - Throws: ``ServiceError`` `.invalid`.
    public init(_ text: String) throws(ServiceError) {
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(\.isOfName) else {
            throw .invalid(field: "room", "a room is called by 1 to 64 letters, digits, '.', '_' and '-' of ASCII")
        }
        self.text = text
    }
}
