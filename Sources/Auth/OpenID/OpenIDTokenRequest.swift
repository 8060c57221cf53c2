import Foundation
import Storage

/// The request that turns a code into tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).
public struct OpenIDTokenRequest: Sendable {
    public let url: String
    /// The value of the `Authorization` header, if there is one. A secret.
    public let authorization: String?
    /// `application/x-www-form-urlencoded`. Has secrets in it.
    public let form: Secret

    init(
        code: String, proof: ProofKey, redirectURI: String, provider: OpenIDProvider, secret: String?,
        configuration: OpenIDConfiguration
    ) {
        url = configuration.tokenEndpoint
        var fields = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectURI),
            ("code_verifier", proof.verifier),
        ]
        switch (configuration.clientAuthentication, secret) {
        case (.basic, let secret?):
            authorization = Self.basic(user: provider.clientID, password: secret)
        case (.post, let secret?):
            authorization = nil
            fields += [("client_id", provider.clientID), ("client_secret", secret)]
        case (_, nil):
            authorization = nil
            fields.append(("client_id", provider.clientID))
        }
        form = Secret(Array(FormFields.encode(fields).utf8))
    }

    /// Both parts are encoded as in forms first, which HTTP's own scheme does not ask for.
    ///
    /// Source: RFC 6749 §2.3.1.
    private static func basic(user: String, password: String) -> String {
        let pair = "\(PercentEncoding.encode(user)):\(PercentEncoding.encode(password))"
        return "Basic \(Data(pair.utf8).base64EncodedString())"
    }
}

extension OpenIDTokenRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "token request *** to \(url)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
