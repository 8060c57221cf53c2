/// The name of an object: parts joined by `/`, as `processed/{account}/{sample}`.
///
/// UTF-8, 1…1,024 bytes; no empty part, no `.` or `..`, no control characters. Checked once, then trusted.
public struct ObjectKey: Hashable, Comparable, Sendable {
    public static let longest = 1024

    public let text: String

    public init(_ text: String) throws(ObjectStoreError) {
        guard let fault = Self.fault(of: text) else {
            self.text = text
            return
        }
        throw .invalidKey(fault)
    }

    /// `folder/account/name`: well-formed by its parts.
    public init<Entity>(in folder: StaticString, of account: AccountID, _ name: Identifier<Entity>) {
        text = "\(folder)/\(account)/\(name)"
    }

    /// Well-formed by how it was made.
    init(trusted text: String) {
        self.text = text
    }

    /// UTF-8 byte order, the order of every listing.
    public static func < (a: ObjectKey, b: ObjectKey) -> Bool {
        a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    }

    // Two spellings of one character are two keys, as in S3: bytes are compared, not canonical forms.
    public static func == (a: ObjectKey, b: ObjectKey) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }

    private static func fault(of text: String) -> String? {
        if text.isEmpty { return "it is empty" }
        if text.utf8.count > longest { return "it is longer than \(longest) bytes" }
        for part in text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if part.isEmpty { return "it has an empty part" }
            if part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8) { return "it has a part '.' or '..'" }
        }
        return text.hasControlCharacter ? "it has a control character" : nil
    }
}

extension ObjectKey: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension ObjectKey: CustomStringConvertible {
    public var description: String { text }
}
