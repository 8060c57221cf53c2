import Auth

/// Speaks to OpenID Connect providers with the checked client: one request each, no redirect, 10 s.
///
/// A provider on this machine is reached only where the client's policy allows its host.
public struct OutboundOpenID: OpenIDTransport {
    private let documents: OutboundDocuments

    /// - Parameter http: the one for the operator's own providers.
    public init(_ http: OutboundHTTP, limit: Duration = OutboundDocuments.standardLimit) {
        documents = OutboundDocuments(http, limit: limit)
    }

    public func configuration(at url: String, upTo limit: Int) async throws -> [UInt8] {
        try await documents.get(url, upTo: limit)
    }

    public func keySet(at url: String, upTo limit: Int) async throws -> [UInt8] {
        try await documents.get(url, upTo: limit)
    }

    public func exchange(_ request: OpenIDTokenRequest, upTo limit: Int) async throws -> OpenIDTokenAnswer {
        var headers = [
            (name: "Accept", value: "application/json"),
            (name: "Content-Type", value: "application/x-www-form-urlencoded"),
        ]
        if let authorization = request.authorization { headers.append(("Authorization", authorization)) }
        let answer = try await documents.send(
            OutboundRequest(.post, request.url, headers: headers, body: request.form.bytes), upTo: limit)
        return OpenIDTokenAnswer(status: answer.status, body: answer.body)
    }
}
