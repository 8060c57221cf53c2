import AsyncHTTPClient
import Auth
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import StrictJSON

/// A service somewhere, spoken to with an API key.
struct RemoteService: Sendable {
    private static let largestAnswer = 64 << 20

    let address: ServerAddress
    private let key: Secret
    let client: HTTPClient

    /// - Throws: ``ServerProblem`` for what the service refuses, and when it does not answer.
    static func use<Value: Sendable>(
        _ choice: ServerChoice, _ work: (RemoteService) async throws -> Value
    ) async throws -> Value {
        // A redirect followed would take the key along, to whatever server it names.
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(10), read: .minutes(3))
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let service = RemoteService(address: choice.address, key: choice.key, client: client)
        do {
            let value = try await work(service)
            try await client.shutdown()
            return value
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    func get<Answer: Decodable & Sendable>(
        _ path: String, _ query: [(String, String)] = [], as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        try await data(of: send { request(.GET, path, query) })
    }

    /// - Parameter key: says that it is the same request when it is sent again; a new one unless given.
    func post<Answer: Decodable & Sendable>(
        _ path: String, _ body: some Encodable & Sendable, once key: String = UUID().uuidString,
        as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        try await change(.POST, path, body, once: key)
    }

    func change<Answer: Decodable & Sendable>(
        _ method: HTTPMethod, _ path: String, _ body: some Encodable & Sendable, once key: String = UUID().uuidString
    ) async throws -> Answer {
        let bytes = ByteBuffer(bytes: try Self.json(body))
        return try await data(
            of: send {
                var request = request(method, path)
                request.headers.add(name: "Idempotency-Key", value: key)
                request.headers.add(name: "Content-Type", value: "application/json")
                request.body = .bytes(bytes)
                return request
            })
    }

    /// With members in order: what is sent again with a key is the same request only where its bytes are the same.
    private static func json(_ body: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = .sortedKeys
        return try encoder.encode(body)
    }

    func delete(_ path: String, _ query: [(String, String)] = []) async throws {
        let _: JSONValue = try await data(
            of: send {
                var request = request(.DELETE, path, query)
                request.headers.add(name: "Idempotency-Key", value: UUID().uuidString)
                return request
            })
    }

    /// One page of a list, as it came, and where the next begins.
    func page(
        _ path: String, _ query: [(String, String)], after cursor: String?
    ) async throws -> (items: [JSONValue], next: String?) {
        let query = query + (cursor.map { [("cursor", $0)] } ?? [])
        let envelope: Envelope<[JSONValue]> = try await envelope(of: send { request(.GET, path, query) })
        return (envelope.data ?? [], envelope.meta?.nextCursor)
    }

    func request(_ method: HTTPMethod, _ path: String, _ query: [(String, String)] = []) -> HTTPClientRequest {
        let pairs = query.map { "\($0.queryEncoded)=\($1.queryEncoded)" }.joined(separator: "&")
        var request = HTTPClientRequest(url: address.text + path + (pairs.isEmpty ? "" : "?" + pairs))
        request.method = method
        request.headers.add(name: "X-API-Key", value: String(decoding: key.bytes, as: UTF8.self))
        request.headers.add(name: "User-Agent", value: "waxwing/\(Waxwing.version)")
        return request
    }
}

extension RemoteService {
    /// Sends a request that does nothing twice, again where the service is away for a moment or asks to wait.
    ///
    /// - Parameter make: makes the request anew for each try, its body from the start.
    func send(_ make: () throws -> HTTPClientRequest) async throws -> HTTPClientResponse {
        var pauses = [0.25, 1, 3][...]
        // A server that died at the same request keeps others from it for a minute.
        let end = ContinuousClock.now + .seconds(120)
        while true {
            try Task.checkCancellation()
            do {
                let response = try await client.execute(try make(), timeout: .hours(12))
                guard let wait = Self.wait(asked: response, orElse: pauses.first ?? 0) else { return response }
                if response.status != .conflict || ContinuousClock.now > end {
                    guard pauses.popFirst() != nil else { return response }
                }
                _ = try? await response.body.collect(upTo: Self.largestAnswer)
                try await Task.sleep(for: .seconds(wait))
            } catch let problem as FileProblem {
                throw problem
            } catch {
                // Also what the client says of a cancelled request.
                try Task.checkCancellation()
                guard let pause = pauses.popFirst() else {
                    throw ServerProblem(
                        "\(address) did not answer: check the address, and whether the service runs there", .unavailable
                    )
                }
                try await Task.sleep(for: .seconds(pause))
            }
        }
    }

    /// Seconds until it is to be sent again; nil for an answer. A quota that is used up says no time, and is an answer.
    private static func wait(asked response: HTTPClientResponse, orElse pause: Double) -> Double? {
        let asked = response.headers.first(name: "Retry-After").flatMap(Double.init)
        switch response.status.code {
        case 502, 503, 504: return min(max(asked ?? pause, 0), 30)
        case 409, 429: return asked.flatMap { (0...90).contains($0) ? $0 : nil }
        default: return nil
        }
    }

    func data<Answer: Decodable & Sendable>(of response: HTTPClientResponse) async throws -> Answer {
        let envelope: Envelope<Answer> = try await envelope(of: response)
        guard let data = envelope.data else { throw notUnderstood(response) }
        return data
    }

    private func envelope<Answer: Decodable & Sendable>(
        of response: HTTPClientResponse
    ) async throws -> Envelope<Answer> {
        let body: ByteBuffer
        do {
            body = try await response.body.collect(upTo: Self.largestAnswer)
        } catch {
            try Task.checkCancellation()
            throw ServerProblem("\(address) broke off in the middle of an answer: try again", .unavailable)
        }
        guard (200..<300).contains(response.status.code) else { throw refusal(response, body) }
        let decoder = JSONDecoder()
        if Answer.self != JSONValue.self, Answer.self != [JSONValue].self {
            decoder.keyDecodingStrategy = .convertFromSnakeCase
        }
        guard let envelope = try? decoder.decode(Envelope<Answer>.self, from: body) else {
            throw notUnderstood(response)
        }
        return envelope
    }

    /// What an answer other than 2xx says.
    func refusal(_ response: HTTPClientResponse, _ body: ByteBuffer) -> ServerProblem {
        guard let message = (try? JSONDecoder().decode(Envelope<JSONValue>.self, from: body))?.error?.message else {
            return notUnderstood(response)
        }
        let status = Int(response.status.code)
        switch status {
        case 401, 403: return ServerProblem(message, .notPermitted, status: status)
        case 500...: return ServerProblem(message, .unavailable, status: status)
        default: return ServerProblem(message, .someFailed, status: status)
        }
    }

    private func notUnderstood(_ response: HTTPClientResponse) -> ServerProblem {
        ServerProblem(
            "\(address) answered \(response.status.code), and not as a service of this kind does", .notUnderstood,
            status: Int(response.status.code))
    }

    struct Envelope<Content: Decodable>: Decodable {
        struct Problem: Decodable {
            let message: String
        }

        struct Meta: Decodable {
            let nextCursor: String?

            private enum CodingKeys: String, CodingKey {
                case nextCursor, raw = "next_cursor"
            }

            /// Under either name: lists are decoded as they came, all else with Swift's names.
            init(from decoder: any Decoder) throws {
                let members = try decoder.container(keyedBy: CodingKeys.self)
                nextCursor =
                    try members.decodeIfPresent(String.self, forKey: .raw)
                    ?? members.decodeIfPresent(String.self, forKey: .nextCursor)
            }
        }

        let data: Content?
        let error: Problem?
        let meta: Meta?
    }
}

extension String {
    /// For a query: all but what stands for itself everywhere (RFC 3986 §2.3).
    fileprivate var queryEncoded: String {
        let own = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        return addingPercentEncoding(withAllowedCharacters: own) ?? ""
    }
}
