import Foundation
import Synchronization

/// A server on loopback that answers by a script, one answer after the other, and remembers what it was asked.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        let line: String
        let headers: [String: String]
        let body: String

        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]) ?? [:]
        }
    }

    enum Answer: Sendable {
        case reply(status: Int = 200, String, headers: [String: String] = ["Content-Type": "application/json"])
        /// As it stands on the wire; then the end of the connection.
        case bytes(String)
        /// What stands before, and then without end.
        case endless(String)
        /// Takes the request, and says nothing.
        case hang
        /// Takes the request, and ends the connection: as it does when the script is over.
        case close
    }

    private let answers: Mutex<[Answer]>
    private let asked = Mutex<[Request]>([])
    private let waited = Mutex<[Duration]>([])

    var requests: [Request] { asked.withLock { $0 } }
    /// What its client would have waited between two tries.
    var pauses: [Duration] { waited.withLock { $0 } }

    /// - Parameter body: gets the server, and where it is.
    static func run<Result: Sendable>(
        _ answers: [Answer], body: (ScriptedServer, LoopbackServer) async throws -> Result
    ) async throws -> Result {
        let server = ScriptedServer(answers)
        return try await LoopbackServer.run({ try await server.serve(&$0) }) { try await body(server, $0) }
    }

    private init(_ answers: [Answer]) {
        self.answers = Mutex(answers)
    }

    /// For a client that is to wait for nothing.
    @Sendable func pause(_ duration: Duration) async throws {
        waited.withLock { $0.append(duration) }
    }

    private func serve(_ connection: inout ServerConnection) async throws {
        guard let request = try await Self.request(from: &connection) else { return }
        asked.withLock { $0.append(request) }
        switch answers.withLock({ $0.isEmpty ? .close : $0.removeFirst() }) {
        case .reply(let status, let text, let headers):
            let fields = headers.map { "\($0): \($1)\r\n" }.joined()
            try await connection.write(
                "HTTP/1.1 \(status) So\r\nContent-Length: \(text.utf8.count)\r\n\(fields)\r\n\(text)")
            try await connection.drain()
        case .bytes(let text): try await connection.write(text)
        case .endless(let start):
            try await connection.write(start)
            let more = String(repeating: "x", count: 4_096)
            for _ in 0..<(1 << 18) { try await connection.write(more) }
        case .hang: try await connection.drain()
        case .close: return
        }
    }

    private static func request(from connection: inout ServerConnection) async throws -> Request? {
        guard let head = try await connection.text(until: "\r\n\r\n") else { return nil }
        let lines = head.split(separator: "\r\n").map(String.init)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingPrefix(" ") }
            headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1]) : ""
        }
        let body = try await connection.bytes(headers["content-length"].flatMap { Int($0) } ?? 0) ?? []
        return Request(line: lines.first ?? "", headers: headers, body: String(decoding: body, as: UTF8.self))
    }
}
