import Auth
import Storage

/// What is said.
extension Rooms {
    /// Says something, without being there.
    ///
    /// - Parameters:
    ///   - ref: the caller's own name for the message, 1 to 64 bytes: said again by the same account it is the same message.
    ///   - ticket: of a request with an idempotency key: what was said by it before is not said again.
    /// - Throws: ``ServiceError`` `.invalid`, `.notFound`, `.rateLimited`.
    public func say(
        _ text: String, in room: RoomName, as ref: String? = nil, of caller: Principal,
        once ticket: IdempotencyTicket? = nil
    ) async throws -> RoomMessage {
        let account = try caller.may(.useRooms)
        let pass = try await pass(for: caller, to: room)
        if let receipt: RoomReceipt = try ticket?.receipt() {
            let kept = try await database.read { try records.message(receipt.number, in: receipt.room, session: $0) }
            guard let kept else { throw ServiceError.notFound("message") }
            return kept
        }
        let words = try RoomWords(text, ref)
        try await count(account)
        let now = clock.now()
        return try await database.write(.readCommitted) { session in
            let head = try records.make(room, in: pass.namespace, atMost: Self.mostRooms, at: now, session: session)
            let message = try say(
                words, in: head.id, by: account, called: try name(pass, account, in: session), at: now, session)
            try ticket?.record(RoomReceipt(room: head.id, number: message.number), in: session)
            return message
        }
    }

    /// - Throws: ``ServiceError`` `.rateLimited`.
    func count(_ account: AccountID) async throws(ServiceError) {
        let verdict = await limiter.count("words in rooms \(account)", against: Self.pace)
        guard let wait = verdict.retryAfter else { return }
        throw .rateLimited(retryAfter: wait, "too much at once: at most one a second in the long run")
    }

    func say(
        _ words: RoomWords, in room: RoomID, by account: AccountID, called name: String?, at now: Timestamp,
        _ session: any WriteSession
    ) throws -> RoomMessage {
        // Held from here on: of two repeats at once the second finds what the first has said.
        guard try records.hold(room, in: session) else { throw ServiceError.notFound("room") }
        if let ref = words.ref, let said = try records.message(called: ref, by: account, in: room, session: session) {
            return said
        }
        guard let head = try tell(.message, of: room, at: now, in: session) else { throw ServiceError.notFound("room") }
        let message = RoomMessage(
            number: head.latest, author: account, name: name, text: words.text, ref: words.ref, sentAt: now)
        try records.add(message, to: room, in: session)
        return message
    }
}

/// What was said by a request, for a repeat of it.
private struct RoomReceipt: Codable {
    let room: RoomID
    let number: Int64
}

/// What somebody wants to say, looked at.
struct RoomWords {
    let text: String
    let ref: String?

    init(_ text: String, _ ref: String?) throws(ServiceError) {
        let isBlank = text.allSatisfy(\.isWhitespace)
        guard !isBlank, text.utf8.count <= Rooms.longestMessage, !text.utf8.contains(0) else {
            throw .invalid(
                field: "text", "'text' is 1 to \(Rooms.longestMessage) bytes of UTF-8, not all of them blanks")
        }
        if let ref {
            guard (1...64).contains(ref.utf8.count), ref.utf8.isVisibleASCII else {
                throw .invalid(field: "ref", "'ref' is 1 to 64 visible ASCII characters: a random UUID is a good one")
            }
        }
        (self.text, self.ref) = (text, ref)
    }
}
