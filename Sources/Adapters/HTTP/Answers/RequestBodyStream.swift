import Hummingbird
import NIOCore
import Storage

extension ByteStream {
    /// The body as it comes in. It can be read once.
    init(_ body: RequestBody) {
        let source = RequestBodySource(body)
        self.init(pull: { try await source.next() })
    }
}

/// A request's body in turns, for one consumer at a time.
private actor RequestBodySource {
    private var iterator: RequestBody.AsyncIterator

    init(_ body: RequestBody) {
        iterator = body.makeAsyncIterator()
    }

    func next() async throws -> [UInt8]? {
        var current = iterator
        let buffer = try await current.next(isolation: self)
        iterator = current
        return buffer.map { Array($0.readableBytesView) }
    }
}
