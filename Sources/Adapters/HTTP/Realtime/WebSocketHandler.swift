import NIOCore
import NIOHTTP1

/// Carries frames instead of HTTP once a request was answered with 101.
///
/// It stands between the connection and all of HTTP before the answer is written, and keeps what comes in until it has
/// seen which it is: a client may speak as soon as it has read it. After 101 it passes nothing on to HTTP; after any other
/// answer it steps aside.
final class WebSocketHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = ByteBuffer
    typealias Producer = NIOAsyncSequenceProducer<
        WebSocketMessage, NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark, Demand
    >

    private enum Stage {
        /// The answer has not been seen.
        case waiting([ByteBuffer])
        case open
        /// All is said; what still comes in is dropped, so that the peer can read our last words.
        case draining
        case aside
    }

    private var stage = Stage.waiting([])
    private var dialogue: WebSocketDialogue
    private let clock = ContinuousClock()
    private let source: Producer.Source
    private let ended: EventLoopPromise<WebSocketClose>
    private var context: ChannelHandlerContext?
    private var ticking: Scheduled<Void>?
    private var (isHeld, hasPendingRead) = (false, false)
    /// The answer to the latest ping of a peer that does not read: earlier ones need none (RFC 6455 §5.5.3).
    private var pong: ByteBuffer?

    init(_ rules: WebSocketRules, _ source: Producer.Source, ended: EventLoopPromise<WebSocketClose>) {
        dialogue = WebSocketDialogue(rules, at: .now)
        (self.source, self.ended) = (source, ended)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish(.lost)
        self.context = nil
    }

    // What comes in

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch stage {
        case .waiting(let kept): stage = .waiting(kept + [unwrapInboundIn(data)])
        case .open: perform(dialogue.received(unwrapInboundIn(data), at: clock.now))
        case .draining: break
        case .aside: context.fireChannelRead(data)
        }
    }

    func read(context: ChannelHandlerContext) {
        if isHeld { hasPendingRead = true } else { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(dialogue.lost())
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (stage, event) {
        case (.open, is ChannelShouldQuiesceEvent): perform(dialogue.close(.goingAway, at: clock.now))
        case (.open, ChannelEvent.inputClosed):
            perform(dialogue.lost())
            context.close(promise: nil)
        case (.draining, ChannelEvent.inputClosed): context.close(promise: nil)
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        perform(dialogue.lost())
        context.fireErrorCaught(error)
    }

    // What goes out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch stage {
        case .aside: context.write(data, promise: promise)
        case .open, .draining: promise?.succeed()
        case .waiting(let kept):
            let answer = unwrapOutboundIn(data)
            context.write(data, promise: promise)
            guard answer.isSwitchingProtocols else { return step(aside: kept, context) }
            stage = .open
            tick(context.eventLoop)
            for bytes in kept { perform(dialogue.received(bytes, at: clock.now)) }
        }
    }

    private func tick(_ loop: any EventLoop) {
        ticking = loop.look(in: TimeAmount(dialogue.rules.tick)) {
            guard case .open = self.stage else { return }
            self.perform(self.dialogue.tick(at: self.clock.now))
            if case .open = self.stage { self.tick(loop) }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, let pong {
            self.pong = nil
            context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
        }
        context.fireChannelWritabilityChanged()
    }

    /// - Returns: done when the system has taken it: who waits for that is as slow as the peer.
    func send(_ frame: WebSocketFrame) -> EventLoopFuture<Void> {
        guard case .open = stage, dialogue.isOpen, let context else {
            return ended.futureResult.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
        }
        dialogue.sent(at: clock.now)
        let promise = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(frame.encoded()), promise: promise)
        return promise.futureResult
    }

    func close(_ close: WebSocketClose) {
        guard case .open = stage else { return }
        perform(dialogue.close(close, at: clock.now))
    }

    /// The messages that were told are read.
    func resume() {
        isHeld = false
        guard hasPendingRead else { return }
        hasPendingRead = false
        context?.read()
    }

    private func perform(_ steps: [WebSocketDialogue.Step]) {
        for step in steps {
            switch step {
            case .deliver(let message): isHeld = source.yield(message) == .stopProducing || isHeld
            case .send(let frame): reply(frame)
            case .end(let close): end(close)
            }
        }
    }

    private func reply(_ frame: WebSocketFrame) {
        guard let context else { return }
        let bytes = frame.encoded()
        if frame.opcode == .pong, !context.channel.isWritable {
            pong = bytes
        } else {
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        }
    }

    /// The server ends the connection (RFC 6455 §7.1.1), in two steps: what the peer has sent meanwhile would else make the
    /// system throw away our last words.
    private func end(_ close: WebSocketClose) {
        guard case .open = stage, let context else { return }
        stage = .draining
        finish(close)
        resume()
        context.close(mode: .output, promise: nil)
        context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { self.context?.close(promise: nil) }
    }

    private func finish(_ close: WebSocketClose) {
        ticking?.cancel()
        ticking = nil
        source.finish()
        ended.succeed(close)
    }

    private func step(aside kept: [ByteBuffer], _ context: ChannelHandlerContext) {
        stage = .aside
        for bytes in kept { context.fireChannelRead(wrapInboundOut(bytes)) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    /// Says when there is room for more messages.
    struct Demand: NIOAsyncSequenceProducerDelegate {
        let produceMoreNow: @Sendable () -> Void

        func produceMore() { produceMoreNow() }
        func didTerminate() { produceMoreNow() }
    }
}

@available(*, unavailable)
extension WebSocketHandler: Sendable {}

extension IOData {
    /// By the status line.
    fileprivate var isSwitchingProtocols: Bool {
        guard case .byteBuffer(let bytes) = self else { return false }
        return bytes.readableBytesView.starts(with: "HTTP/1.1 101".utf8)
    }
}
