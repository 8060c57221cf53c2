import AudioCore
import Storage

/// A body that is checked as it passes: audio by its first bytes, and no longer than allowed. It is never held whole.
struct IncomingAudio: Sendable {
    let format: AudioFormat
    let stream: ByteStream

    /// Reads as far as the format can be told.
    ///
    /// - Parameters:
    ///   - analyzer: must accept the format: better said now than by a job that fails.
    ///   - limit: most bytes; the stream throws ``ServiceError/tooLarge(limit:)`` beyond.
    ///   - received: called with the number of bytes so far before they are passed on; may refuse them by throwing.
    init(
        _ body: ByteStream, for analyzer: any SampleAnalyzer, atMost limit: Int?,
        received: @escaping @Sendable (Int) async throws -> Void = { _ in }
    ) async throws {
        let source = Source(body.makeAsyncIterator(), limit: limit, received: received)
        var head: [UInt8] = []
        while head.count < AudioFormat.sniffLength, let chunk = try await source.next() {
            head += chunk
        }
        format = try AudioFormat.accepted(head, by: analyzer)
        await source.putBack(head)
        stream = ByteStream(pull: { try await source.next() })
    }

    private actor Source {
        private let body: ByteStream.AsyncIterator
        private let limit: Int?
        private let received: @Sendable (Int) async throws -> Void
        private var total = 0
        private var head: [UInt8]?

        init(
            _ body: ByteStream.AsyncIterator, limit: Int?, received: @escaping @Sendable (Int) async throws -> Void
        ) {
            (self.body, self.limit, self.received) = (body, limit, received)
        }

        func putBack(_ bytes: [UInt8]) {
            head = bytes
        }

        func next() async throws -> [UInt8]? {
            if let bytes = head {
                head = nil
                return bytes
            }
            guard let chunk = try await body.next() else { return nil }
            total += chunk.count
            if let limit, total > limit { throw ServiceError.tooLarge(limit: limit) }
            try await received(total)
            return chunk
        }
    }
}

extension AudioFormat {
    /// The format that the first bytes tell, if it can be analysed here.
    static func accepted(_ head: [UInt8], by analyzer: any SampleAnalyzer) throws(ServiceError) -> AudioFormat {
        guard let format = AudioFormat.sniff(head) else {
            throw .unsupportedMedia(
                head.isEmpty
                    ? "the file is empty: choose a WAV, AIFF, FLAC, Ogg Vorbis, Opus or MP3 file"
                    : "the file is no audio by its first bytes: send WAV, AIFF, FLAC, Ogg Vorbis, Opus or MP3")
        }
        guard analyzer.accepts(format) else {
            throw .unsupportedMedia(
                "\(format) needs ffmpeg, which is not switched on here: "
                    + "send WAV, AIFF, FLAC, Ogg Vorbis, Opus or MP3")
        }
        return format
    }

    /// What the object is served as: chosen from this list, never taken from the client.
    var contentType: String {
        switch self {
        case .wav: "audio/wav"
        case .aiff: "audio/aiff"
        case .flac: "audio/flac"
        case .ogg, .opus: "audio/ogg"
        case .mp3: "audio/mpeg"
        case .m4a: "audio/mp4"
        case .aac: "audio/aac"
        }
    }
}
