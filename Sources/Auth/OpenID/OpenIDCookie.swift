import Crypto
import Storage

/// What ties sign-ins to the browser they began in: 256 bits, of which the server keeps the hash.
///
/// One cookie is good for all sign-ins a browser begins within ten minutes, so that a page that begins a thousand
/// leaves no thousand cookies. Nonce and PKCE verifier of each are made of it: nobody else can finish one, not even
/// with a copy of the database.
struct OpenIDCookie: Sendable {
    let secret: Secret

    static func random() -> OpenIDCookie { OpenIDCookie(secret: .random()) }

    private init(secret: Secret) {
        self.secret = secret
    }

    /// - Parameter headers: the request's `Cookie` headers.
    /// - Returns: nil when there is none, or one that we did not write.
    init?(in headers: [String], for mode: OpenIDProvider.AnswerMode) {
        guard let value = CookieHeader.value(of: Self.name(for: mode), in: headers),
            let bytes = Base64URL.decode(value), bytes.count == 32
        else { return nil }
        self.init(secret: Secret(bytes))
    }

    /// Two cookies, as only the one for forms may come with a request that another site's page makes.
    static func name(for mode: OpenIDProvider.AnswerMode) -> String {
        switch mode {
        case .query: "__Host-waxwing_openid"
        case .form: "__Host-waxwing_openid_form"
        }
    }

    /// The secret itself: for the browser only.
    var value: String { Base64URL.encode(secret.bytes) }

    func nonce(of flow: Identifier<OpenIDFlow>) -> String {
        Base64URL.encode(derived("nonce", of: flow).bytes)
    }

    func proof(of flow: Identifier<OpenIDFlow>) -> ProofKey {
        ProofKey(derived("proof", of: flow))
    }

    /// A key for each use and flow: none tells another, nor the secret (HKDF, RFC 5869).
    private func derived(_ use: String, of flow: Identifier<OpenIDFlow>) -> Secret {
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: secret.bytes), info: Array("waxwing openid \(use) \(flow)".utf8),
            outputByteCount: 32)
        return Secret(key.withUnsafeBytes { Array($0) })
    }
}

extension OpenIDCookie: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "sign-in cookie ***" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
