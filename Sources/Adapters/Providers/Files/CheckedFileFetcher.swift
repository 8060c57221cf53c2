import Storage
import WaxwingService

/// Fetches files from the addresses that tenants name.
///
/// Refusals and failures say the same, and none says it sooner than ``shortest``: neither words nor time tell what answers
/// where inside.
public struct CheckedFileFetcher: FileFetcher {
    /// A refusal takes no time, a look-up some milliseconds.
    public static let shortest = Duration.milliseconds(300)

    private let http: OutboundHTTP
    private let limit: Duration
    private let shortest: Duration

    /// - Parameters:
    ///   - http: the one for tenants' addresses, never the one for the operator's own providers.
    ///   - limit: for a whole file.
    ///   - shortest: how long a failure takes at least.
    public init(
        _ http: OutboundHTTP, limit: Duration = .seconds(60), shortest: Duration = CheckedFileFetcher.shortest
    ) {
        (self.http, self.limit, self.shortest) = (http, limit, shortest)
    }

    public func fetch(_ url: String) async throws(FetchFailure) -> FetchedFile {
        let started = ContinuousClock.now
        guard let answer = await open(url), answer.status == 200 else {
            try? await Task.sleep(until: started + shortest)
            throw FetchFailure()
        }
        let body = answer.body.makeAsyncIterator()
        return FetchedFile(
            name: answer.url.fileName,
            body: ByteStream(pull: {
                do {
                    return try await body.next()
                } catch is OutboundFailure {
                    try Task.checkCancellation()
                    throw FetchFailure()
                }
            }))
    }

    /// Nil for whatever goes wrong, of which the client has told the operator's log.
    private func open(_ url: String) async -> OutboundStream? {
        guard var request = try? OutboundRequest(.get, url, headers: [("Accept", "audio/*, */*;q=0.1")]) else {
            return nil
        }
        (request.limits.total, request.redirects) = (limit, 3)
        return try? await http.open(request)
    }
}

extension OutboundURL {
    /// The last part of the path, as it is written there: `loop%20120.wav`, decoded where that can be.
    fileprivate var fileName: String? {
        let path = target.prefix { $0 != "?" }
        let name = path.split(separator: "/").last.map(String.init)
        return name.flatMap { PercentEncoding.decode($0) ?? $0 }
    }
}
