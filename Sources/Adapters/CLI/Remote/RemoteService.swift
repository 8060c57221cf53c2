import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// A service somewhere, spoken to with an API key.
struct RemoteService {
    /// Of a whole request; an upload may take as long as it goes on.
    private static let patience = TimeAmount.minutes(2)

    private let base: String
    private let key: String
    private let client: HTTPClient

    /// Runs `work` with the service that the environment names.
    ///
    /// - Throws: ``StartError`` when `WAXWING_API_KEY` is missing, ``RemoteFailure`` for what the service refuses.
    static func use<Value: Sendable>(
        _ environment: [String: String] = ProcessInfo.processInfo.environment,
        _ work: (RemoteService) async throws -> Value
    ) async throws -> Value {
        guard let key = environment["WAXWING_API_KEY"], !key.isEmpty else {
            throw StartError(
                "WAXWING_API_KEY is missing: make a key with 'waxwing users key', or by POST /api/auth/keys, and set it"
            )
        }
        let server = environment["WAXWING_SERVER"].flatMap { $0.isEmpty ? nil : $0 } ?? "http://127.0.0.1:8080"
        guard let url = URLComponents(string: server), ["http", "https"].contains(url.scheme),
            url.host?.isEmpty == false
        else {
            throw SettingsError(
                name: "WAXWING_SERVER", value: server, expected: "an address as https://sounds.example.com")
        }
        // A redirect followed would take the key along, to whatever server it names.
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))
        let service = RemoteService(
            base: server.hasSuffix("/") ? String(server.dropLast()) : server, key: key, client: client)
        do {
            let value = try await work(service)
            try await client.shutdown()
            return value
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    func get<Answer: Decodable>(_ path: String, as type: Answer.Type = Answer.self) async throws -> Answer {
        try await send(request(.GET, path), within: Self.patience)
    }

    /// A file as a multipart form, streamed.
    func upload<Answer: Decodable>(
        _ path: String, to route: String, as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        let url = URL(fileURLWithPath: path)
        // Told before it is opened: a folder has no size, and a pipe may never have a writer.
        guard let values = try? url.resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey]),
            values.isRegularFile == true, let fileSize = values.fileSize, fileSize < 1 << 40
        else { throw FileProblem(path: path, reason: "is no file that can be sent") }
        guard let file = try? FileHandle(forReadingFrom: url) else {
            throw FileProblem(path: path, reason: "cannot be read")
        }
        defer { try? file.close() }
        let boundary = "waxwing-\(UUID().uuidString)"
        let name = url.lastPathComponent.filter { $0 != "\"" && $0 != "\\" && !$0.isNewline }
        let head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"\(name)\"\r\n\r\n"
        let tail = "\r\n--\(boundary)--\r\n"
        var request = request(.POST, route)
        request.headers.add(name: "Content-Type", value: "multipart/form-data; boundary=\(boundary)")
        request.body = .stream(
            FileForm(head: head, file: file, tail: tail),
            length: .known(Int64(head.utf8.count + fileSize + tail.utf8.count)))
        return try await send(request, within: .hours(6))
    }

    private func request(_ method: HTTPMethod, _ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers.add(name: "X-API-Key", value: key)
        return request
    }

    private func send<Answer: Decodable>(_ request: HTTPClientRequest, within limit: TimeAmount) async throws -> Answer
    {
        let response: HTTPClientResponse
        let body: ByteBuffer
        do {
            response = try await client.execute(request, timeout: limit)
            body = try await response.body.collect(upTo: 16 << 20)
        } catch {
            throw RemoteFailure(message: "\(base) did not answer: check WAXWING_SERVER, and whether the service runs")
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let envelope = try? decoder.decode(Envelope<Answer>.self, from: body) else {
            throw RemoteFailure(
                message: "\(base) answered \(response.status.code), and not as a service of this kind does")
        }
        guard let data = envelope.data else {
            throw RemoteFailure(message: envelope.error?.message ?? "the service answered \(response.status.code)")
        }
        return data
    }

    private struct Envelope<Content: Decodable>: Decodable {
        let data: Content?
        let error: Problem?
    }

    private struct Problem: Decodable {
        let message: String
    }
}

/// What a service refused, in its own words.
struct RemoteFailure: Error, CustomStringConvertible {
    let message: String

    var description: String { message.printable }
}

/// A form with one file, in pieces.
private struct FileForm: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let head: String
    let file: FileHandle
    let tail: String

    func makeAsyncIterator() -> Iterator { Iterator(form: self) }

    struct Iterator: AsyncIteratorProtocol {
        private enum Place { case head, file, end }

        let form: FileForm
        private var place = Place.head

        init(form: FileForm) {
            self.form = form
        }

        mutating func next() async throws -> ByteBuffer? {
            switch place {
            case .head:
                place = .file
                return ByteBuffer(string: form.head)
            case .file:
                if let piece = try form.file.read(upToCount: 256 << 10), !piece.isEmpty {
                    return ByteBuffer(bytes: piece)
                }
                place = .end
                return ByteBuffer(string: form.tail)
            case .end: return nil
            }
        }
    }
}
