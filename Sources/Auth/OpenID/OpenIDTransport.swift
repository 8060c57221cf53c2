/// The outside world, as far as OpenID Connect needs it: the host's HTTP client.
///
/// It gives up after some seconds, follows no redirect, and checks addresses when it connects.
public protocol OpenIDTransport: KeySetFetcher {
    /// The discovery document: the body of a 200 answer.
    ///
    /// - Parameter limit: bytes; a longer body is an error.
    func configuration(at url: String, upTo limit: Int) async throws -> [UInt8]

    /// Posts a token request; whatever the provider answers to it is returned.
    func exchange(_ request: OpenIDTokenRequest, upTo limit: Int) async throws -> OpenIDTokenAnswer
}
