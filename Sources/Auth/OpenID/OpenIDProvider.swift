/// Somebody whose word we take for who a user is: Google, Apple, or any issuer with OpenID Connect discovery.
public struct OpenIDProvider: Sendable {
    /// How the browser brings the answer.
    public enum AnswerMode: Sendable {
        /// In the address it is sent back to.
        case query
        /// In a form it posts from the provider's page.
        ///
        /// Source: OAuth 2.0 Form Post Response Mode 1.0.
        case form
    }

    /// Stands in paths, as in `/auth/login/google`: 1…32 of `a-z 0-9 -`.
    public let name: String
    /// For the button: 1…64 characters.
    public let label: String
    /// Compared byte by byte with a token's `iss`; below it lies the discovery document.
    public let issuer: String
    /// What the provider calls us: the `aud` of its tokens.
    public let clientID: String
    public let secret: OpenIDClientSecret
    /// With `openid` among them.
    public let scopes: [String]
    public let answerMode: AnswerMode

    /// - Parameters:
    ///   - issuer: `https`, or `http` to this machine, without query and fragment.
    ///   - label: the name if nil.
    /// - Throws: ``OpenIDProviderFlaw``.
    public init(
        name: String, issuer: String, clientID: String, secret: OpenIDClientSecret,
        scopes: [String] = ["openid", "email", "profile"], label: String? = nil, answerMode: AnswerMode = .query
    ) throws(OpenIDProviderFlaw) {
        let label = label ?? name
        guard (1...32).contains(name.utf8.count), name.utf8.allSatisfy(Self.isNameByte) else { throw .name }
        guard (1...64).contains(label.count) else { throw .label }
        guard ForeignIssuer.isSafe(issuer), !issuer.utf8.contains(UInt8(ascii: "?")) else { throw .issuer }
        guard (1...512).contains(clientID.utf8.count), clientID.utf8.allSatisfy(Self.isVisible) else {
            throw .clientID
        }
        guard scopes.contains("openid"), scopes.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isVisible) })
        else { throw .scopes }
        (self.name, self.label, self.issuer, self.clientID) = (name, label, issuer, clientID)
        (self.secret, self.scopes, self.answerMode) = (secret, scopes, answerMode)
    }

    public static func google(clientID: String, secret: Secret) throws(OpenIDProviderFlaw) -> OpenIDProvider {
        try OpenIDProvider(
            name: "google", issuer: "https://accounts.google.com", clientID: clientID, secret: .shared(secret),
            label: "Google")
    }

    /// Apple answers with a form as soon as it is asked for name or e-mail address.
    ///
    /// - Parameters:
    ///   - clientID: the Services ID.
    ///   - team: the Team ID, 10 characters.
    ///   - key: ES256, of the `.p8` file; its name is Apple's Key ID.
    public static func apple(
        clientID: String, team: String, key: SigningKey
    ) throws(OpenIDProviderFlaw) -> OpenIDProvider {
        guard key.algorithm == .es256, !team.isEmpty, team.utf8.allSatisfy(isVisible) else { throw .secret }
        return try OpenIDProvider(
            name: "apple", issuer: "https://appleid.apple.com", clientID: clientID,
            secret: .signed(team: team, key: key), scopes: ["openid", "name", "email"], label: "Apple",
            answerMode: .form)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }

    private static func isVisible(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }
}

/// What is wrong with the description of a provider. A mistake of the operator, found at start.
public enum OpenIDProviderFlaw: Error, Equatable, Sendable {
    case name, label, issuer, clientID, secret, scopes
    /// Two providers of one name or one issuer.
    case duplicate
    /// The address answers come back to.
    case callback
    /// Not an object of texts, or one with a member that has no meaning here.
    case form
}

extension OpenIDProviderFlaw: CustomStringConvertible {
    public var description: String {
        switch self {
        case .name: "a provider's name must be 1 to 32 of a-z, 0-9 and -"
        case .label: "a provider's label must be 1 to 64 characters"
        case .issuer: "a provider's issuer must be https (http only to localhost), without user, query or fragment"
        case .clientID: "give the client id as the provider shows it, without spaces"
        case .secret: "give the client secret as the provider shows it; for Apple the team id and an ES256 key"
        case .scopes: "the scopes must be words, with \"openid\" among them"
        case .duplicate: "give each provider and each issuer once"
        case .form: "write an object of texts with the members that this provider has"
        case .callback: "the callback address must be https (http only to localhost), without query or fragment"
        }
    }
}
