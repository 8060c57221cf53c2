/// Bytes in chunks of any size, pulled by whoever consumes them: the producer is never ahead by more than a chunk.
public struct ByteStream: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    public typealias Pull = @Sendable () async throws -> [UInt8]?

    private let makePull: @Sendable () -> Pull

    /// - Parameter pull: gives the next chunk, nil at the end. Such a stream can be read once.
    public init(pull: @escaping Pull) {
        makePull = { pull }
    }

    public init(_ bytes: [UInt8]) {
        self.init {
            let rest = SingleChunk(bytes)
            return { await rest.take() }
        }
    }

    /// - Parameter makePull: starts a reading; called once per reading.
    public init(_ makePull: @escaping @Sendable () -> Pull) {
        self.makePull = makePull
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(pull: makePull())
    }

    public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
        let pull: Pull

        public func next() async throws -> [UInt8]? {
            try await pull()
        }
    }

    private actor SingleChunk {
        private var bytes: [UInt8]?

        init(_ bytes: [UInt8]) {
            self.bytes = bytes.isEmpty ? nil : bytes
        }

        func take() -> [UInt8]? {
            defer { bytes = nil }
            return bytes
        }
    }
}

extension ByteStream.AsyncIterator {
    /// The next bytes of what is being put into a store. An error of the body may be an ``ObjectStoreError`` of another
    /// store: it must not pass for one of this store.
    package func nextOfBody() async throws(ObjectStoreError) -> [UInt8]? {
        do {
            return try await next()
        } catch {
            throw .bodyFailed(error)
        }
    }
}

extension ByteStream {
    /// All bytes at once; for what is known to be small.
    public func collected() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in self {
            bytes += chunk
        }
        return bytes
    }
}
