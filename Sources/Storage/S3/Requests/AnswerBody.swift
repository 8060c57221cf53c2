import AsyncHTTPClient
import NIOCore
import Storage

/// The body of an answer, pulled piece by piece: the server is never ahead by more than the sockets hold.
actor AnswerBody {
    private var iterator: HTTPClientResponse.Body.AsyncIterator
    private let timeout: Duration
    /// The connection ends with its client.
    private let client: S3Client

    init(_ body: HTTPClientResponse.Body, timeout: Duration, holding client: S3Client) {
        (iterator, self.timeout, self.client) = (body.makeAsyncIterator(), timeout, client)
    }

    /// Nil at the end. A server that says nothing for the time allowed is given up; a slow reader is not.
    func next() async throws(S3Failure) -> [UInt8]? {
        do {
            return try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
                group.addTask { try await self.pull() }
                group.addTask { [timeout] in
                    try await Task.sleep(for: timeout)
                    throw S3Failure(.lost("no data for \(timeout.components.seconds) s"))
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        } catch let failure as S3Failure {
            throw failure
        } catch {
            throw S3Failure(.lost(S3Client.words(error)))
        }
    }

    func collected(atMost limit: Int) async throws(S3Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try await next() {
            bytes += piece
            guard bytes.count <= limit else { throw S3Failure(.unreadable("longer than \(limit) bytes")) }
        }
        return bytes
    }

    private func pull() async throws -> [UInt8]? {
        var iterator = iterator
        defer { self.iterator = iterator }
        guard let buffer = try await iterator.next(isolation: self) else { return nil }
        return Array(buffer.readableBytesView)
    }
}

extension ByteStream {
    /// As the HTTP client takes a body.
    var buffers: AsyncMapSequence<ByteStream, ByteBuffer> {
        map { ByteBuffer(bytes: $0) }
    }
}

/// A body on its way, cut and signed.
struct SignedChunks: Sendable {
    static let size = 256 << 10

    let stream: ByteStream

    init(_ body: ByteStream, _ signer: ChunkedPayloadSigner) {
        stream = ByteStream {
            let cutter = Cutter(body.makeAsyncIterator(), signer)
            return { try await cutter.next() }
        }
    }

    private actor Cutter {
        private let body: ByteStream.AsyncIterator
        private var signer: ChunkedPayloadSigner
        private var held: [UInt8] = []
        private var isAtEnd = false
        private var isDone = false

        init(_ body: ByteStream.AsyncIterator, _ signer: ChunkedPayloadSigner) {
            (self.body, self.signer) = (body, signer)
        }

        func next() async throws -> [UInt8]? {
            while !isAtEnd, held.count < SignedChunks.size {
                guard let piece = try await body.next() else {
                    isAtEnd = true
                    break
                }
                held += piece
            }
            if isDone { return nil }
            let chunk = Array(held.prefix(SignedChunks.size))
            held.removeFirst(chunk.count)
            isDone = chunk.isEmpty
            return signer.chunk(chunk)
        }
    }
}
