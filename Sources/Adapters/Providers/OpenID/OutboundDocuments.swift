/// Gets JSON that somebody publishes at an address which the operator, or a document of the operator's provider, names.
public struct OutboundDocuments: Sendable {
    /// For a whole request: somebody waits for the page.
    public static let standardLimit = Duration.seconds(10)

    let http: OutboundHTTP
    let limit: Duration

    init(_ http: OutboundHTTP, limit: Duration) {
        (self.http, self.limit) = (http, limit)
    }

    func get(_ url: String, upTo size: Int) async throws -> [UInt8] {
        let answer = try await send(OutboundRequest(.get, url, headers: [("Accept", "application/json")]), upTo: size)
        guard answer.status == 200 else { throw DocumentProblem.status(answer.status) }
        return answer.body
    }

    /// No redirect is followed: keys and tokens are where they are said to be, and nowhere else.
    func send(_ request: OutboundRequest, upTo size: Int) async throws -> OutboundAnswer {
        var request = request
        (request.limits.total, request.limits.body, request.redirects) = (limit, size, 0)
        let answer = try await http.send(request)
        guard !answer.isCut else { throw DocumentProblem.tooLong(limit: size) }
        return answer
    }
}

/// Why an answer is no document.
public enum DocumentProblem: Error, Equatable, Sendable {
    /// A redirect too.
    case status(Int)
    case tooLong(limit: Int)
}

extension DocumentProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .status(let status): "the server answered \(status) instead of 200: check the address"
        case .tooLong(let limit): "the answer is longer than \(limit) bytes: check the address"
        }
    }
}
