import Storage

/// The name of one thing that an account's devices keep in step: what it is, and which.
public struct SyncKey: Hashable, Sendable {
    /// 1 to 64 letters, digits, `.`, `_` and `-` of ASCII, as `bookmark`.
    public let type: String
    /// 1 to 128 visible ASCII characters, as a UUID that the client makes.
    public let id: String

    /// - Throws: ``ServiceError`` `.invalid`.
    public init(type: String, id: String) throws(ServiceError) {
        guard (1...64).contains(type.utf8.count), type.utf8.allSatisfy(\.isOfName) else {
            throw .invalid(
                field: "type", "'type' is 1 to 64 letters, digits, '.', '_' and '-' of ASCII, as 'bookmark'")
        }
        guard (1...128).contains(id.utf8.count), id.utf8.isVisibleASCII else {
            throw .invalid(field: "id", "'id' is 1 to 128 visible ASCII characters: a random UUID is a good one")
        }
        (self.type, self.id) = (type, id)
    }

    /// Of a row.
    init(wellFormed type: String, _ id: String) {
        (self.type, self.id) = (type, id)
    }
}

/// The client's own name for the device it runs on, so that it is not told what it did itself.
public struct SyncDevice: Hashable, Sendable {
    public let text: String

    /// - Parameter text: 1 to 64 visible ASCII characters: a random UUID that the client keeps.
    /// - Throws: ``ServiceError`` `.invalid`.
    public init(_ text: String) throws(ServiceError) {
        guard (1...64).contains(text.utf8.count), text.utf8.isVisibleASCII else {
            throw .invalid(field: "X-Device-ID", "'X-Device-ID' is 1 to 64 visible ASCII characters, as a UUID")
        }
        self.text = text
    }
}

extension UInt8 {
    /// Letters, digits, `.`, `_` and `-` of ASCII: what needs no escape in a path.
    var isOfName: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
