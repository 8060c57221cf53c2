import Storage

/// An API key as its owner gets it, once: `wx_4fG7kQ2m_` and 49 letters and digits.
///
/// ```
/// wx_ prefix _ secret checksum      [0-9A-Za-z]: 8, 43 and 6 of them
/// ```
///
/// The prefix is stored and shown: by it a key is found and told from others. The secret has 256 random bits, and only
/// its hash is stored. The checksum, CRC-32 of all before it, lets a program that looks for secrets in repositories tell
/// a key from what only looks like one, and a slip is refused without a look into the database.
public struct APIKeySecret: Sendable, Equatable {
    /// Every key begins with it.
    public static let mark = "wx_"

    /// With the mark, as it is shown in lists: 11 characters.
    public let prefix: String
    private let whole: Secret

    static func random() -> APIKeySecret {
        var generator = SystemRandomNumberGenerator()
        // 62 to the 43rd is a little more than 2 to the 256th.
        let (name, secret) = (Base62.random(count: 8, using: &generator), Base62.random(count: 43, using: &generator))
        return APIKeySecret(prefix: mark + name, secret: secret)
    }

    private init(prefix: String, secret: String) {
        let text = "\(prefix)_\(secret)"
        self.prefix = prefix
        whole = Secret(Array((text + Self.checksum(of: text)).utf8))
    }

    /// Nil unless `text` has the form of a key and its checksum is right.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == Self.length, bytes.starts(with: Self.mark.utf8), bytes[11] == UInt8(ascii: "_"),
            bytes[3..<11].allSatisfy(Base62.isDigit), bytes[12...].allSatisfy(Base62.isDigit),
            Self.checksum(of: String(text.dropLast(6))).utf8.elementsEqual(bytes.suffix(6))
        else { return nil }
        (prefix, whole) = (String(decoding: bytes[..<11], as: UTF8.self), Secret(bytes))
    }

    /// Whether somebody means `text` to be a key, if perhaps a wrong one. No other token of ours begins so.
    static func isMeant(by text: String) -> Bool { text.utf8.starts(with: mark.utf8) }

    private static let length = 3 + 8 + 1 + 43 + 6

    private static func checksum(of text: String) -> String {
        Base62.encode(CRC32.checksum(text.utf8))
    }

    /// The key itself: for its owner, once.
    public var text: String { String(decoding: whole.bytes, as: UTF8.self) }

    /// Of the whole key, so that a secret fits its own prefix only.
    var hash: SecretHash { SecretHash(of: whole) }
}

extension APIKeySecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "API key \(prefix)_***" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
