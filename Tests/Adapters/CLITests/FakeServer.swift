import Foundation
import Synchronization
import Testing

/// What answers as it is told to, and not as a service does.
final class FakeServer: Sendable {
    struct Answer: Sendable {
        var status = "200 OK"
        var headers: [String] = []
        var body = ""
    }

    let port: Int
    private let socket: Int32
    private let seen = Mutex<[String]>([])

    /// The requests that came, heads and bodies.
    var requests: [String] { seen.withLock { $0 } }

    /// - Parameters:
    ///   - greeting: is said at once to whoever comes, and then no more.
    ///   - answer: to a request line, as `GET /api/samples?limit=200 HTTP/1.1`.
    init(greeting: String? = nil, _ answer: @escaping @Sendable (String) -> Answer = { _ in Answer() }) throws {
        let listener = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        try #require(isBound)
        (port, socket) = (Int(UInt16(bigEndian: address.sin_port)), listener)
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else {
                    // Here alone, so that its number is not another's while it is used.
                    close(listener)
                    return
                }
                if let greeting { Self.say(greeting, to: client) }
                let request = Self.request(from: client)
                self?.seen.withLock { $0.append(request) }
                let reply = answer(String(request.prefix { $0 != "\r\n" }))
                let headers = reply.headers + ["Content-Length: \(reply.body.utf8.count)", "Connection: close"]
                if greeting == nil {
                    let head = "HTTP/1.1 \(reply.status)\r\n\(headers.joined(separator: "\r\n"))\r\n\r\n"
                    Self.say(head + reply.body, to: client)
                }
                close(client)
            }
        }
    }

    deinit {
        shutdown(socket, Int32(SHUT_RDWR))
    }

    /// And no more.
    private static func say(_ text: String, to client: Int32) {
        _ = Array(text.utf8).withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        shutdown(client, Int32(SHUT_WR))
    }

    private static func request(from client: Int32) -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        // Who hangs up with a body unread takes the answer back, too.
        while Self.isShort(bytes) {
            let count = recv(client, &piece, piece.count, 0)
            guard count > 0 else { break }
            bytes += piece.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isShort(_ bytes: [UInt8]) -> Bool {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return true }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let length = head.firstMatch(of: /(?i)content-length: *(\d+)/).flatMap { Int($0.1) } ?? 0
        return bytes.count - end.upperBound < length
    }
}
