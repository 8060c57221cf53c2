import AsyncHTTPClient
import Crypto
import NIOCore
import NIOHTTP1
import Storage

/// Signs requests, sends them, and sends them again where that helps and harms nothing.
final class S3Client: Sendable {
    let configuration: S3Configuration
    let clock: any WallClock
    private let http: HTTPClient

    init(_ configuration: S3Configuration, clock: any WallClock, dns: [String: String] = [:]) {
        (self.configuration, self.clock) = (configuration, clock)
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .nanoseconds(configuration.connectTimeout.nanoseconds)))
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, configuration.connections)
        // One place decides about trying again.
        settings.connectionPool.retryConnectionEstablishment = false
        settings.httpVersion = .http1Only
        settings.dnsOverride = dns
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    deinit {
        // Whoever still reads an answer holds this client, so nothing is under way any more.
        http.shutdown { _ in }
    }

    /// The answer to a request, its head accepted and its body not yet read.
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: AnswerBody
        /// An attempt before may have taken effect already.
        var mayHaveTakenEffect = false
    }

    /// Every request of the store may be sent twice: a put, a part or a delete does the same again; a condition is told
    /// apart by the put's mark, a completion by its entity tag; the start of an upload leaves one without parts behind,
    /// as it would if nobody tried again.
    ///
    /// - Returns: an answer of the statuses 200…299.
    func send(_ request: S3Request) async throws(S3Failure) -> Answer {
        var (failures, isAmbiguous) = (0, false)
        while true {
            do throws(S3Failure) {
                var answer = try await attempt(request)
                answer.mayHaveTakenEffect = isAmbiguous
                return answer
            } catch {
                failures += 1
                // What an earlier attempt did is not undone by this one's clear refusal.
                var failure = error
                failure.mayHaveTakenEffect = isAmbiguous
                isAmbiguous = isAmbiguous || error.isAmbiguous
                guard failure.isTransient, failures < configuration.retries.attempts, !Task.isCancelled else {
                    failure.mayHaveTakenEffect = isAmbiguous
                    throw failure
                }
                try await pause(after: failures, asked: failure.retryAfter)
            }
        }
    }

    /// Sends a request whose answer is small, and reads it whole.
    func exchange(
        _ request: S3Request
    ) async throws(S3Failure) -> (headers: HTTPHeaders, body: [UInt8], mayHaveTakenEffect: Bool) {
        var failures = 0
        while true {
            let answer = try await send(request)
            do throws(S3Failure) {
                let body = try await answer.body.collected(atMost: XMLTree.longest)
                return (answer.headers, body, answer.mayHaveTakenEffect || failures > 0)
            } catch {
                failures += 1
                guard error.isTransient, failures < configuration.retries.attempts else {
                    throw S3Failure(error.reason, mayHaveTakenEffect: true)
                }
                try await pause(after: failures, asked: nil)
            }
        }
    }

    func pause(after failures: Int, asked: Duration?) async throws(S3Failure) {
        var random = SystemRandomNumberGenerator()
        let wait = configuration.retries.wait(after: failures, asked: asked, using: &random)
        guard (try? await Task.sleep(for: wait)) != nil else {
            throw S3Failure(.lost("the task was cancelled"), mayHaveTakenEffect: true)
        }
    }

    private func attempt(_ request: S3Request) async throws(S3Failure) -> Answer {
        let (url, message) = signed(request)
        var outgoing = HTTPClientRequest(url: url)
        outgoing.method = HTTPMethod(rawValue: request.method)
        outgoing.headers = message.headers
        outgoing.body = message.body

        let allowance = configuration.answerTimeout + .seconds(request.size / (64 << 10))
        let response: HTTPClientResponse
        do {
            response = try await http.execute(outgoing, deadline: .now() + .nanoseconds(allowance.nanoseconds))
        } catch {
            throw S3Failure(.lost(Self.words(error)))
        }
        let body = AnswerBody(response.body, timeout: configuration.answerTimeout, holding: self)
        let status = Int(response.status.code)
        if (200..<300).contains(status) { return Answer(status: status, headers: response.headers, body: body) }
        throw await failure(status, response.headers, body)
    }

    private func signed(_ request: S3Request) -> (url: String, (headers: HTTPHeaders, body: HTTPClientRequest.Body?)) {
        let now = clock.now()
        let (host, path) = configuration.endpoint.target(bucket: configuration.bucket, key: request.key?.text)
        var signable = SignableRequest(
            method: request.method, path: path, query: request.query,
            headers: [.init("Host", host)] + request.headers)
        let signer = SigV4Signer(credentials: configuration.credentials, region: configuration.region)

        let payload: String
        switch request.body {
        case .none: payload = SigV4Payload.empty
        case .bytes(let bytes, let sha256): payload = sha256 ?? Checksum.hex(SHA256.hash(data: bytes))
        case .stream(_, let sha256, _): payload = sha256
        case .chunked(let size, _):
            payload = SigV4Payload.streaming
            signable.headers.append(.init("x-amz-decoded-content-length", String(size)))
        // No `Content-Encoding: aws-chunked`: radosgw would keep it, and browsers could not read the object.
        }
        signable.headers.append(.init("x-amz-content-sha256", payload))
        let seed = signer.sign(&signable, payload: payload, at: now)

        let body: HTTPClientRequest.Body?
        switch request.body {
        case .none: body = nil
        case .bytes(let bytes, _): body = .bytes(ByteBuffer(bytes: bytes))
        case .stream(let size, _, let stream):
            body = .stream(stream().buffers, length: .known(Int64(size)))
        case .chunked(let size, let stream):
            let chunks = SignedChunks(stream(), ChunkedPayloadSigner(signer, seed: seed, at: now))
            let length = ChunkedPayloadSigner.wireLength(of: size, chunk: SignedChunks.size)
            body = .stream(chunks.stream.buffers, length: .known(Int64(length)))
        }
        let query = signable.canonicalQuery
        let url = "\(configuration.endpoint.scheme)://\(host)\(path)\(query.isEmpty ? "" : "?" + query)"
        var headers = HTTPHeaders(signable.headers.map { ($0.name, $0.value) })
        headers.add(name: "User-Agent", value: "waxwing")
        return (url, (headers, body))
    }

    static func words(_ error: any Error) -> String {
        switch error {
        case is CancellationError: "the task was cancelled"
        case let error as HTTPClientError: error.shortDescription
        default: String(describing: type(of: error))
        }
    }
}

extension Duration {
    /// Rounded down; saturates.
    var nanoseconds: Int64 {
        let (product, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return .max }
        let (sum, over) = product.addingReportingOverflow(components.attoseconds / 1_000_000_000)
        return over ? .max : sum
    }
}
