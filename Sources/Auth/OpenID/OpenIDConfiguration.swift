import Foundation

/// What a provider publishes about itself.
///
/// Source: OpenID Connect Discovery 1.0 §3 and §4.3; RFC 8414 §2; RFC 9207 §3.
public struct OpenIDConfiguration: Sendable, Equatable {
    /// Bytes; a longer document is not looked at.
    public static let longest = 1 << 18

    enum ClientAuthentication: Sendable {
        case basic, post
    }

    let authorizationEndpoint: String
    let tokenEndpoint: String
    let keySetURL: String
    let clientAuthentication: ClientAuthentication
    /// Whether every answer names its issuer, so that one without was tampered with.
    let namesIssuerInAnswers: Bool

    /// - Parameter issuer: whose document it must be, byte by byte.
    init(_ document: [UInt8], of issuer: String) throws(OpenIDConfigurationFlaw) {
        guard document.count <= Self.longest,
            let members = try? JSONDecoder().decode(Members.self, from: Data(document))
        else { throw .form }
        guard members.issuer.isSpelled(issuer) else { throw .issuer }
        let endpoints = [members.authorization_endpoint, members.token_endpoint, members.jwks_uri]
        guard endpoints.allSatisfy({ Self.isSafe($0, of: issuer) }) else { throw .endpoint }
        let challenges = members.code_challenge_methods_supported
        guard challenges?.contains(ProofKey.method) ?? true else { throw .challenge }
        (authorizationEndpoint, tokenEndpoint, keySetURL) = (endpoints[0], endpoints[1], endpoints[2])
        clientAuthentication = try Self.authentication(members.token_endpoint_auth_methods_supported)
        namesIssuerInAnswers = members.authorization_response_iss_parameter_supported ?? false
    }

    /// Where the document of an issuer lies.
    static func url(of issuer: String) -> String {
        "\(issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer)/.well-known/openid-configuration"
    }

    /// Only an issuer on this machine sends us to this machine without TLS.
    private static func isSafe(_ url: String, of issuer: String) -> Bool {
        ForeignIssuer.isSafe(url) && (url.hasPrefix("https:") || issuer.hasPrefix("http:"))
    }

    private static func authentication(
        _ methods: [String]?
    ) throws(OpenIDConfigurationFlaw) -> ClientAuthentication {
        guard let methods, !methods.contains("client_secret_basic") else { return .basic }
        // A provider may take clients without a secret only; they send no more than their name.
        guard methods.contains("client_secret_post") || methods.contains("none") else { throw .clientAuthentication }
        return .post
    }

    private struct Members: Decodable {
        let issuer: String
        let authorization_endpoint: String
        let token_endpoint: String
        let jwks_uri: String
        let token_endpoint_auth_methods_supported: [String]?
        let code_challenge_methods_supported: [String]?
        let authorization_response_iss_parameter_supported: Bool?
    }
}

/// Why a discovery document is not used: for the log.
enum OpenIDConfigurationFlaw: Error, Equatable, Sendable {
    case form
    /// It is another issuer's.
    case issuer
    case endpoint
    /// The provider takes no S256.
    case challenge
    case clientAuthentication
}

extension OpenIDConfigurationFlaw: CustomStringConvertible {
    var description: String {
        switch self {
        case .form: "the answer is no discovery document: check the issuer"
        case .issuer: "the discovery document is another issuer's: write the issuer exactly as it stands there"
        case .endpoint: "an endpoint is not https: use a provider that has TLS"
        case .challenge: "the provider does not know the code challenge S256: use one that does"
        case .clientAuthentication:
            "the provider takes the client secret in no way known here: allow client_secret_basic"
        }
    }
}
