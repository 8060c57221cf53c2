import NIOCore

/// The server's side of a WebSocket (RFC 6455) as a value: bytes and time in, what is to be done out.
struct WebSocketDialogue {
    enum Step: Equatable {
        case deliver(WebSocketMessage)
        case send(WebSocketFrame)
        /// Nothing more is to be sent or read.
        case end(WebSocketClose)
    }

    private enum State {
        case open
        /// We have said close, and wait for the answer.
        case closing(WebSocketClose, since: ContinuousClock.Instant)
        case ended
    }

    private struct Partial {
        let opcode: WebSocketFrame.Opcode
        var bytes: ByteBuffer
    }

    let rules: WebSocketRules
    private var state = State.open
    private var reader = WebSocketFrameReader()
    /// Of a message that comes in fragments.
    private var partial: Partial?
    private var pingedAt: ContinuousClock.Instant
    private var isAnswered = true
    private var saidAt: ContinuousClock.Instant

    init(_ rules: WebSocketRules, at now: ContinuousClock.Instant) {
        (self.rules, pingedAt, saidAt) = (rules, now, now)
    }

    var isOpen: Bool { if case .open = state { true } else { false } }

    /// The server said something.
    mutating func sent(at now: ContinuousClock.Instant) { saidAt = now }

    mutating func received(_ bytes: ByteBuffer, at now: ContinuousClock.Instant) -> [Step] {
        reader.append(bytes)
        isAnswered = true
        var steps: [Step] = []
        do throws(WebSocketClose) {
            while !isEnded, let frame = try reader.next(room: room) { steps += try take(frame, at: now) }
        } catch {
            steps += fail(error)
        }
        return steps
    }

    mutating func close(_ close: WebSocketClose, at now: ContinuousClock.Instant) -> [Step] {
        guard isOpen else { return [] }
        state = .closing(close, since: now)
        return [.send(close.frame)]
    }

    /// To be called every ``WebSocketRules/tick``.
    mutating func tick(at now: ContinuousClock.Instant) -> [Step] {
        switch state {
        case .ended: return []
        case .closing(let close, let since):
            guard now - since >= rules.closeTime else { return [] }
            state = .ended
            return [.end(close)]
        case .open: break
        }
        if now - saidAt >= rules.idleTime { return close(.idle, at: now) }
        guard now - pingedAt >= rules.pingInterval else { return [] }
        guard isAnswered else { return fail(.unanswered) }
        (pingedAt, isAnswered) = (now, false)
        return [.send(WebSocketFrame(opcode: .ping))]
    }

    /// The connection is gone.
    mutating func lost() -> [Step] {
        guard !isEnded else { return [] }
        state = .ended
        return [.end(.lost)]
    }

    private var isEnded: Bool { if case .ended = state { true } else { false } }

    private var room: Int { rules.largestMessage - (partial?.bytes.readableBytes ?? 0) }

    private mutating func fail(_ close: WebSocketClose) -> [Step] {
        let isOpen = isOpen
        state = .ended
        return isOpen ? [.send(close.frame), .end(close)] : [.end(close)]
    }

    private mutating func take(
        _ frame: WebSocketFrame, at now: ContinuousClock.Instant
    ) throws(WebSocketClose) -> [Step] {
        switch frame.opcode {
        case .ping: return isOpen ? [.send(WebSocketFrame(opcode: .pong, payload: frame.payload))] : []
        case .pong: return []
        case .close:
            let close = try WebSocketClose(reading: frame.payload)
            if case .closing(let own, _) = state {
                state = .ended
                return [.end(own)]
            }
            state = .ended
            return [.send(WebSocketClose(repeating: close).frame), .end(close)]
        case .text, .binary:
            guard partial == nil else { throw .broken("a message began within another") }
            guard frame.isFinal else {
                partial = Partial(opcode: frame.opcode, bytes: frame.payload)
                return []
            }
            return try deliver(frame.opcode, frame.payload, at: now)
        case .continuation:
            guard var message = partial else { throw .broken("a fragment belongs to no message") }
            message.bytes.writeImmutableBuffer(frame.payload)
            partial = frame.isFinal ? nil : message
            return frame.isFinal ? try deliver(message.opcode, message.bytes, at: now) : []
        }
    }

    /// What comes after our close is read, as a close may follow it, and not delivered.
    private mutating func deliver(
        _ opcode: WebSocketFrame.Opcode, _ bytes: ByteBuffer, at now: ContinuousClock.Instant
    ) throws(WebSocketClose) -> [Step] {
        saidAt = now
        guard opcode == .text else { return isOpen ? [.deliver(.binary(Array(bytes.readableBytesView)))] : [] }
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else { throw .notText }
        return isOpen ? [.deliver(.text(text))] : []
    }
}

extension WebSocketClose {
    /// An answer repeats the code.
    fileprivate init(repeating close: WebSocketClose) {
        self.init(close.code)
    }
}
