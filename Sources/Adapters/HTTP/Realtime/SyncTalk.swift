import WaxwingService

/// What is said over a socket on which a device hears of the others: see `Docs/Sync.md`.
struct SyncTalk: Sendable {
    let feed: SyncFeed
    let socket: WebSocket

    func run() async throws {
        try await socket.converse(hear: hear) {
            for try await news in feed { try await tell(news) }
        } close: {
            feed.close()
        }
    }

    private struct Said: Decodable {
        let type: String
        let lastSeq: Int64?

        enum CodingKeys: String, CodingKey {
            case type
            case lastSeq = "last_seq"
        }
    }

    @Sendable private func hear(_ message: WebSocketMessage) async throws {
        do {
            let said = try message.read(as: Said.self)
            switch said.type {
            case "PING": try await socket.say("PONG")
            case "SYNC_REQUEST":
                guard let seq = said.lastSeq else {
                    throw ServiceError.invalid(field: "last_seq", "'last_seq' is missing: 0 asks for all there is")
                }
                try await feed.request(after: seq)
            default: throw ServiceError.invalid(field: "type", "say SYNC_REQUEST or PING here")
            }
        } catch {
            guard let problem = SocketProblem(error, of: nil) else { throw error }
            try await socket.say("ERROR", problem)
        }
    }

    private struct Welcome: Encodable {
        let seq: Int64
    }

    private struct Response: Encodable {
        let lastSeq: Int64
        let seq: Int64
        let reset: Bool
    }

    private struct Bulk: Encodable {
        let changes: [SyncRowView]
        let seq: Int64
        let done: Bool
    }

    private func tell(_ news: SyncNews) async throws {
        switch news {
        case .welcome(let seq): try await socket.say("WELCOME", Welcome(seq: seq))
        case .response(let after, let seq, let isReset):
            try await socket.say("SYNC_RESPONSE", Response(lastSeq: after, seq: seq, reset: isReset))
        case .bulk(let rows, let seq, let isLast):
            try await socket.say("BULK_SYNC", Bulk(changes: rows.map(SyncRowView.init), seq: seq, done: isLast))
        case .changed(let events):
            for event in events {
                try await socket.say(event.kind.rawValue.uppercased(), SyncRowView(event.row))
            }
        }
    }
}
