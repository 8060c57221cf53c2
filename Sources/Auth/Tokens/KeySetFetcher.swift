/// The outside world, as far as an issuer's keys need it: the host's HTTP client.
///
/// It gives up after some seconds, follows no redirect to another host, and checks addresses when it connects.
public protocol KeySetFetcher: Sendable {
    /// The body of a 200 answer.
    ///
    /// - Parameters:
    ///   - url: `https`, or `http` to this machine.
    ///   - limit: bytes; a longer body is an error.
    func keySet(at url: String, upTo limit: Int) async throws -> [UInt8]
}
