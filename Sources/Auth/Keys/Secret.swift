/// Bytes that must not be seen: printing, interpolating or dumping them shows `***`.
public struct Secret: Sendable {
    /// The bytes themselves, for cryptography only.
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Fresh bytes from the system's generator.
    public static func random(count: Int = 32) -> Secret {
        var generator = SystemRandomNumberGenerator()
        return Secret((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}

extension Secret: Equatable {
    /// Takes the same time wherever the bytes differ.
    public static func == (a: Secret, b: Secret) -> Bool {
        guard a.bytes.count == b.bytes.count else { return false }
        return zip(a.bytes, b.bytes).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
