import Storage
import StrictJSON

/// What a browser brings back from a provider, before anything of it is believed.
///
/// Source: RFC 6749 §4.1.2; RFC 9207 §2; Apple's `user` field.
public struct OpenIDAnswer: Sendable {
    let mode: OpenIDProvider.AnswerMode
    let state: String?
    /// 1…4096 bytes.
    let code: String?
    let issuer: String?
    /// The provider's word for why there is no code.
    let error: String?
    /// Apple tells it once, at the first sign-in, and outside the signed token: good for a greeting.
    let name: UserName?

    /// - Parameters:
    ///   - text: the query of the address, or the body of the posted form, as it came.
    ///   - mode: which of the two.
    /// - Throws: ``OpenIDFlaw/answer`` for what is no form, has a field twice, or is longer than 16 KiB.
    public init(_ text: String, mode: OpenIDProvider.AnswerMode) throws(OpenIDFlaw) {
        guard let fields = FormFields.decode(text) else { throw .answer }
        self.mode = mode
        (state, issuer, error) = (fields["state"], fields["iss"], fields["error"])
        code = fields["code"].flatMap { (1...4096).contains($0.utf8.count) ? $0 : nil }
        name = fields["user"].flatMap(Self.name(ofAppleUser:))
    }

    /// `{"name": {"firstName": "Ada", "lastName": "Lovelace"}, "email": …}`; the address is not signed, so it is nothing.
    private static func name(ofAppleUser text: String) -> UserName? {
        guard case .object(let name) = JSONObject(reading: Array(text.utf8))?["name"] else { return nil }
        let parts = ["firstName", "lastName"].compactMap { name[$0]?.string }
        return UserName(parts.joined(separator: " "))
    }
}

extension OpenIDAnswer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { code == nil ? "answer without a code" : "answer with a code ***" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
