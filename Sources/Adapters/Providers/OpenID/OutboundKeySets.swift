import Auth

/// Fetches issuers' key sets with the checked client: one request, no redirect, 10 s.
///
/// An issuer on this machine is reached only where the client's policy allows its host.
public struct OutboundKeySets: KeySetFetcher {
    private let documents: OutboundDocuments

    /// - Parameter http: the one for the operator's own providers.
    public init(_ http: OutboundHTTP, limit: Duration = OutboundDocuments.standardLimit) {
        documents = OutboundDocuments(http, limit: limit)
    }

    /// - Throws: ``OutboundFailure``, ``DocumentProblem``.
    public func keySet(at url: String, upTo limit: Int) async throws -> [UInt8] {
        try await documents.get(url, upTo: limit)
    }
}
