import NIOCore

/// A WebSocket that is open, as a route sees it.
public struct WebSocket: Sendable {
    /// What the client says; ends with the socket. While it is not read, the client is not either.
    public let messages: WebSocketMessages
    let channel: any Channel
    let handler: NIOLoopBound<WebSocketHandler>
    let ended: EventLoopFuture<WebSocketClose>

    /// Returns when the system has taken the message: who sends on and on is as slow as the client reads.
    ///
    /// - Throws: what the connection fails with.
    public func send(_ text: String) async throws {
        try await send(WebSocketFrame(opcode: .text, payload: ByteBuffer(string: text)))
    }

    public func send(_ bytes: [UInt8]) async throws {
        try await send(WebSocketFrame(opcode: .binary, payload: ByteBuffer(bytes: bytes)))
    }

    private func send(_ frame: WebSocketFrame) async throws {
        try await channel.eventLoop.flatSubmit { [handler] in handler.value.send(frame) }.get()
    }

    /// Says why it ends, and waits until it has.
    @discardableResult
    public func close(_ close: WebSocketClose = .normal) async throws -> WebSocketClose {
        channel.eventLoop.execute { [handler] in handler.value.close(close) }
        return try await ended.get()
    }
}

/// The messages of a client, to be iterated once.
public struct WebSocketMessages: AsyncSequence, Sendable {
    let source: WebSocketHandler.Producer

    public struct AsyncIterator: AsyncIteratorProtocol {
        var iterator: WebSocketHandler.Producer.AsyncIterator

        public mutating func next() async -> WebSocketMessage? { await iterator.next() }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(iterator: source.makeAsyncIterator()) }
}
