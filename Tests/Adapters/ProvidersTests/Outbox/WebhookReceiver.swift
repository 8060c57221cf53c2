import Jobs
import Storage
import StorageTestKit
import Synchronization

/// A receiver of webhooks on loopback, which verifies what it gets by the books, answers what it is told and hangs
/// up.
final class WebhookReceiver: Sendable {
    /// What it answers in turn, whole; the last for ever.
    private let answers: Mutex<[String]>
    private let received = Mutex<[Received]>([])
    private let verifier: WebhookVerifier
    private let clock: ManualClock

    struct Received: Sendable {
        let target: String
        let headers: [String: String]
        let body: String
        /// What verification says: the message's id, or why not.
        let verified: Result<String, WebhookRefusal>
    }

    init(_ secret: WebhookSecret, clock: ManualClock, answering answers: String...) {
        (verifier, self.clock) = (WebhookVerifier(secret), clock)
        self.answers = Mutex(answers)
    }

    var requests: [Received] { received.withLock { $0 } }

    /// - Returns: what `body` does.
    func run<Value: Sendable>(_ body: (LoopbackServer) async throws -> Value) async throws -> Value {
        try await LoopbackServer.run(
            { [self] connection in
                guard let head = try await connection.text(until: "\r\n\r\n") else { return }
                var lines = head.split(separator: "\r\n").map(String.init)
                let target = lines.removeFirst()
                var headers: [String: String] = [:]
                for line in lines {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    headers[parts[0].lowercased()] = parts[1].trimmingPrefix(" ").description
                }
                let length = headers["content-length"].flatMap { Int($0) } ?? 0
                guard let bytes = try await connection.bytes(length) else { return }
                take(target, headers, bytes)
                try await connection.write(answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] })
            }, body: body)
    }

    private func take(_ target: String, _ headers: [String: String], _ bytes: [UInt8]) {
        let signature = WebhookHeaders(
            id: headers["webhook-id"] ?? "", timestamp: headers["webhook-timestamp"] ?? "",
            signature: headers["webhook-signature"] ?? "")
        let verified = Result<String, WebhookRefusal> { () throws(WebhookRefusal) in
            try verifier.verify(signature, body: bytes, at: clock.now())
        }
        received.withLock {
            $0.append(
                Received(
                    target: target, headers: headers, body: String(decoding: bytes, as: UTF8.self), verified: verified))
        }
    }
}
