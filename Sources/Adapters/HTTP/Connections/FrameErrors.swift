import NIOCore
import NIOHTTP2

/// Behind the frames of an HTTP/2 connection: a client whose frames break the protocol ends it, and the operator is told as of
/// any other refusal. Once: what comes after the first is the connection's end.
final class FrameErrors: ChannelInboundHandler {
    typealias InboundIn = Any

    private let connection: ConnectionGuard
    private var isNoted = false

    init(of connection: ConnectionGuard) {
        self.connection = connection
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !isNoted, Self.isOfTheClient(error) {
            isNoted = true
            connection.note(.malformed)
        }
        context.fireErrorCaught(error)
    }

    /// Whether it is nobody else's fault. Errors of single streams may be: a request that was under way when the server began
    /// to stop is one.
    static func isOfTheClient(_ error: any Error) -> Bool {
        switch error {
        case is NIOHTTP2Errors.BadClientMagic, is NIOHTTP2Errors.MissingPreface, is NIOHTTP2Errors.UnableToParseFrame,
            is NIOHTTP2Errors.ReceivedBadSettings, is NIOHTTP2Errors.InvalidSetting,
            is NIOHTTP2Errors.StreamIDTooSmall, is NIOHTTP2Errors.InvalidStreamIDForPeer,
            is NIOHTTP2Errors.InvalidWindowIncrementSize, is NIOHTTP2Errors.RaisedGoawayLastStreamID,
            is NIOHTTP2Errors.ExcessivelyLargeHeaderBlock, is NIOHTTP2Errors.ExcessiveEmptyDataFrames,
            is NIOHTTP2Errors.ExcessiveNumberOfGlitches, is NIOHTTP2Errors.ExcessiveRSTFrames,
            is NIOHTTP2Errors.ExcessiveControlFrames, is NIOHTTP2Errors.ExcessiveContinuationFrames,
            is NIOHTTP2Errors.ExcessiveStreamErrors:
            true
        default: false
        }
    }
}
