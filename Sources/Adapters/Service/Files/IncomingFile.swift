import Storage

/// A body that is checked as it passes: of a kind that is kept, and no longer than that may be. It is never held whole.
struct IncomingFile: Sendable {
    let kind: FileKind
    let stream: ByteStream

    /// Reads as far as the kind can be told.
    ///
    /// - Parameters:
    ///   - limit: most bytes of the plan; nil for as many as the kind allows.
    ///   - received: called with the number of bytes so far before they are passed on; may refuse them by throwing.
    /// - Throws: ``ServiceError`` `.unsupportedMedia`; the stream throws `.tooLarge`.
    init(
        _ body: ByteStream, atMost limit: Int?, received: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let source = Source(body.makeAsyncIterator())
        var head: [UInt8] = []
        while head.count < FileKind.headLength, let chunk = try await source.next() { head += chunk }
        guard let kind = FileKind(head: head) else {
            throw ServiceError.unsupportedMedia(
                head.isEmpty
                    ? "the file is empty: choose a \(FileKind.names) file"
                    : "the file is none that is kept, by its first bytes: send \(FileKind.names)")
        }
        await source.begin(with: head, atMost: min(limit ?? .max, kind.largest), received)
        self.kind = kind
        stream = ByteStream(pull: { try await source.checked() })
    }

    private actor Source {
        private let body: ByteStream.AsyncIterator
        private var head: [UInt8]?
        private var total = 0
        private var limit = 0
        private var received: @Sendable (Int) async throws -> Void = { _ in }

        init(_ body: ByteStream.AsyncIterator) {
            self.body = body
        }

        func next() async throws -> [UInt8]? { try await body.next() }

        func begin(
            with head: [UInt8], atMost limit: Int, _ received: @escaping @Sendable (Int) async throws -> Void
        ) {
            (self.head, self.limit, self.received) = (head, limit, received)
        }

        func checked() async throws -> [UInt8]? {
            let first = head
            head = nil
            guard let chunk = if let first { first } else { try await body.next() } else { return nil }
            total += chunk.count
            if total > limit { throw ServiceError.tooLarge(limit: limit) }
            try await received(total)
            return chunk
        }
    }
}
