import NIOCore

/// One message of an event stream (HTML Standard, "Server-sent events").
struct ServerSentEvent: Equatable {
    let id: Int64
    let name: String
    let data: String

    var encoded: String {
        let lines = data.split(omittingEmptySubsequences: false) { $0.isNewline }
        return "id: \(id)\nevent: \(name)\n" + lines.map { "data: \($0)\n" }.joined() + "\n"
    }

    /// Says that the connection is alive, and nothing to the page.
    static let heartbeat = ":\n\n"

    /// How long a client is to wait before it connects again.
    static func retry(_ wait: Duration) -> String {
        "retry: \(wait.components.seconds * 1_000)\n\n"
    }
}
