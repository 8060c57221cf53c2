import Foundation

/// A password somebody chose, within the policy.
///
/// 8 to 256 Unicode scalars after composition (NFC), any of them; no rule about kinds of characters
/// (NIST SP 800-63B, ASVS 6.2.5). Text that Swift calls equal is the same password, however a keyboard spells it.
public struct Password: Sendable {
    public static let length = 8...256

    let text: String

    public init(_ text: String) throws(PasswordFlaw) {
        guard Self.couldBe(text) else { throw .tooLong }
        let composed = Self.composed(text)
        guard composed.unicodeScalars.count >= Self.length.lowerBound else { throw .tooShort }
        guard composed.unicodeScalars.count <= Self.length.upperBound else { throw .tooLong }
        guard !CommonPasswords.contains(composed) else { throw .tooCommon }
        self.text = composed
    }

    /// What somebody just signed in with: right, whatever today's policy says.
    init(known text: String) {
        self.text = Self.composed(text)
    }

    /// Whether `text` is short enough to be anybody's password: checked before any work is done for it.
    static func couldBe(_ text: String) -> Bool {
        text.utf8.count <= 16 * length.upperBound  // room for decomposed spellings
    }

    /// One spelling for what looks the same.
    static func composed(_ text: String) -> String {
        text.precomposedStringWithCanonicalMapping
    }
}

extension Password: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a password is refused.
public enum PasswordFlaw: Error, Equatable, Sendable, CaseIterable {
    case tooShort, tooLong, tooCommon
}

extension PasswordFlaw: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooShort: "the password is too short: use at least \(Password.length.lowerBound) characters"
        case .tooLong: "the password is too long: use at most \(Password.length.upperBound) characters"
        case .tooCommon: "this is one of the commonest passwords: use a few unrelated words"
        }
    }
}
