import Foundation
import Synchronization
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Follows the events of an account at one server, as a browser does.
final class EventListener: NSObject, URLSessionDataDelegate, Sendable {
    struct Event: Equatable {
        let number: Int
        let kind: String
        let data: [String: String]
    }

    private struct State {
        var text = ""
        var hasEnded = false
    }

    private let state = Mutex(State())

    /// - Parameter number: the last event that was seen; nil to begin with the next that happens.
    func follow(_ server: TestServer, token: String, after number: Int? = nil) throws {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(server.port)/api/events")))
        request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        request.timeoutInterval = 600
        if let number { request.setValue("\(number)", forHTTPHeaderField: "Last-Event-ID") }
        let session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: nil)
        session.dataTask(with: request).resume()
        session.finishTasksAndInvalidate()
    }

    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Those that came until now, in their order.
    func events() -> [Event] {
        let text = state.withLock { $0.text }
        // What has come of the last one may be a part of it.
        return text.components(separatedBy: "\n\n").dropLast().compactMap(Self.event)
    }

    /// Waits until that many of a kind have come.
    func wait(for count: Int, _ kind: String) async throws -> [Event] {
        let limit = ContinuousClock.now + .seconds(900)
        while true {
            let events = events()
            if events.count(where: { $0.kind == kind }) >= count { return events }
            try #require(ContinuousClock.now < limit && !hasEnded, "\(count) \(kind) never came: \(events.map(\.kind))")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private static func event(_ block: String) -> Event? {
        var fields: [String: String] = [:]
        for line in block.split(separator: "\n") {
            let parts = line.split(separator: ": ", maxSplits: 1)
            if parts.count == 2 { fields[String(parts[0])] = String(parts[1]) }
        }
        guard let number = fields["id"].flatMap({ Int($0) }), let kind = fields["event"] else { return nil }
        let object = try? JSONSerialization.jsonObject(with: Data((fields["data"] ?? "").utf8)) as? [String: Any]
        return Event(number: number, kind: kind, data: (object ?? [:]).compactMapValues { $0 as? String })
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        // Events are of ASCII letters here, so no letter is parted.
        state.withLock { $0.text += String(decoding: data, as: UTF8.self) }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        state.withLock { $0.hasEnded = true }
    }
}
