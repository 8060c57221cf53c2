import Storage

/// A client's own name for a request that changes something (`Idempotency-Key`): a repeat gets the first answer.
public struct IdempotencyKey: Sendable, Equatable {
    public static let lengths = 1...255

    /// The answers are sealed with it, so it is shown nowhere.
    let text: String

    /// - Parameter text: 1 to 255 visible ASCII characters (0x21 to 0x7E), with no meaning of their own.
    /// - Throws: ``IdempotencyRefusal/malformed``.
    public init(_ text: String) throws(IdempotencyRefusal) {
        guard Self.lengths.contains(text.utf8.count), text.utf8.isVisibleASCII else {
            throw .malformed
        }
        self.text = text
    }
}

extension IdempotencyKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "idempotency key ***" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
