import Foundation

/// What a provider's token endpoint answered.
public struct OpenIDTokenAnswer: Sendable {
    /// Bytes; a longer body is not looked at.
    public static let longest = 1 << 18

    /// HTTP's.
    public let status: Int
    /// Has tokens in it.
    public let body: Secret

    public init(status: Int, body: [UInt8]) {
        (self.status, self.body) = (status, Secret(body))
    }

    /// The ID token of a good answer. The access token is not used, and not kept.
    ///
    /// - Throws: ``OpenIDFlaw/client``, ``OpenIDFlaw/code``, ``OpenIDFlaw/answer``; ``Trouble`` while the provider
    ///   cannot answer.
    func idToken() throws -> String {
        guard (status < 500 && status != 429), body.bytes.count <= Self.longest else { throw Trouble() }
        let members = try? JSONDecoder().decode(Members.self, from: Data(body.bytes))
        guard status == 200 else {
            throw members?.error == "invalid_client" || status == 401 ? OpenIDFlaw.client : OpenIDFlaw.code
        }
        guard let token = members?.id_token else { throw OpenIDFlaw.answer }
        return token
    }

    /// The provider's, and likely to pass.
    struct Trouble: Error {}

    private struct Members: Decodable {
        let id_token: String?
        let error: String?
    }
}
