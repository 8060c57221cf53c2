import Hummingbird
import NIOCore
import Synchronization
import WaxwingService

/// Hashes a body while somebody else reads it, and lets nobody see its end before it is known to be the right one.
final class BodyReading: Sendable {
    private struct State {
        var digest: BodyDigest
        var fingerprint: BodyFingerprint?
        var isPassed = false
    }

    private let state: Mutex<State>
    /// Of the body that it must be; nil if any will do.
    private let expected: BodyFingerprint?

    init(boundary: String?, expecting expected: BodyFingerprint? = nil) {
        state = Mutex(State(digest: BodyDigest(boundary: boundary)))
        self.expected = expected
    }

    /// Whether the end was shown to the one who reads.
    var isPassed: Bool {
        get { state.withLock { $0.isPassed } }
        set { state.withLock { $0.isPassed = newValue } }
    }

    /// - Throws: ``IdempotencyRefusal/otherRequest`` as soon as the body is longer than it may be.
    func take(_ buffer: ByteBuffer) throws(IdempotencyRefusal) {
        let length = state.withLock { state in
            state.digest.update(buffer.readableBytesView)
            return state.digest.length
        }
        if let expected, length > expected.length { throw .otherRequest }
    }

    /// - Throws: ``IdempotencyRefusal/otherRequest``.
    func end() throws(IdempotencyRefusal) -> BodyFingerprint {
        let fingerprint = state.withLock { state in
            let fingerprint = state.fingerprint ?? state.digest.finish()
            state.fingerprint = fingerprint
            return fingerprint
        }
        if let expected, fingerprint != expected { throw .otherRequest }
        return fingerprint
    }

    /// Reads all of `body`, and keeps nothing of it.
    func drain(_ body: RequestBody) async throws -> BodyFingerprint {
        for try await buffer in body { try take(buffer) }
        return try end()
    }
}

/// A body whose end somebody hears of before the one who reads it.
struct WatchedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let body: RequestBody
    let reading: BodyReading
    let atEnd: @Sendable (BodyFingerprint) async throws -> Void

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        let watched: WatchedBody

        mutating func next() async throws -> ByteBuffer? {
            if let buffer = try await base.next() {
                try watched.reading.take(buffer)
                return buffer
            }
            guard !watched.reading.isPassed else { return nil }
            try await watched.atEnd(try watched.reading.end())
            watched.reading.isPassed = true
            return nil
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: body.makeAsyncIterator(), watched: self)
    }
}
