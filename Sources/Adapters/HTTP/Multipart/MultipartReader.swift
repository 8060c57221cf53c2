import Foundation
import Storage

/// Reads a `multipart/form-data` body part by part, holding no more of it than a chunk and a boundary.
///
/// Source: RFC 7578, RFC 2046 §5.1.
actor MultipartReader {
    private enum Limit {
        static let preamble = 64 << 10
        static let headers = 16 << 10
        static let parts = 64
    }

    private let body: ByteStream.AsyncIterator
    private let delimiter: [UInt8]
    /// A delimiter starts a line; the body's first line has none before it, so one is put there.
    private var buffer: [UInt8] = [0x0D, 0x0A]
    private var start = 0
    /// Bytes taken from the body.
    private var received = 0
    private var parts = 0
    private var isInPart = false
    private var isAtEnd = false

    init(_ body: ByteStream, boundary: String) {
        self.body = body.makeAsyncIterator()
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    /// How many bytes of the body lie before what is read next.
    var position: Int { received - (buffer.count - start) }

    /// Passes over what is left of the present part.
    ///
    /// - Returns: the next part, or nil after the last.
    func nextPart() async throws -> MultipartPart? {
        guard !isAtEnd else { return nil }
        if !isInPart { isInPart = true }
        var skipped = 0
        while let chunk = try await nextChunk() {
            skipped += chunk.count
            guard skipped <= Limit.preamble else { throw MultipartError.tooMuch("fields") }
        }
        start += delimiter.count
        try await fill(atLeast: 2)
        if unread.starts(with: "--".utf8) {
            isAtEnd = true
            return nil
        }
        parts += 1
        guard parts <= Limit.parts else { throw MultipartError.tooMuch("parts") }
        isInPart = true
        return try MultipartPart(headers: try await headerLines())
    }

    /// Passes over what may follow the last part, so that the body is read to its end.
    func passEpilogue() async throws {
        var passed = unread.count
        start = buffer.count
        while try await fill() {
            passed += unread.count
            guard passed <= Limit.preamble else { throw MultipartError.tooMuch("fields") }
            start = buffer.count
        }
    }

    /// The next bytes of the present part, nil at its end.
    func nextChunk() async throws -> [UInt8]? {
        guard isInPart else { return nil }
        while true {
            if let found = position(of: delimiter) {
                if found > start { return take(found - start) }
                isInPart = false
                return nil
            }
            // The last bytes may be the beginning of a delimiter.
            let safe = unread.count - (delimiter.count - 1)
            if safe > 0 { return take(safe) }
            guard try await fill() else { throw MultipartError.truncated }
        }
    }

    private var unread: ArraySlice<UInt8> { buffer[start...] }

    private func take(_ count: Int) -> [UInt8] {
        defer { start += count }
        return Array(buffer[start..<(start + count)])
    }

    private func headerLines() async throws -> [String] {
        // From the line feed that ends the delimiter's line to the empty line.
        while true {
            if let end = position(of: Array("\r\n\r\n".utf8)) {
                let text = String(decoding: take(end + 4 - start), as: UTF8.self)
                let lines = text.components(separatedBy: "\r\n")
                guard lines[0].allSatisfy({ $0 == " " || $0 == "\t" }) else {
                    throw MultipartError.malformed("text after a boundary")
                }
                return lines.dropFirst().filter { !$0.isEmpty }
            }
            guard unread.count <= Limit.headers else { throw MultipartError.tooMuch("part headers") }
            guard try await fill() else { throw MultipartError.truncated }
        }
    }

    private func fill(atLeast count: Int) async throws {
        while unread.count < count {
            guard try await fill() else { throw MultipartError.truncated }
        }
    }

    /// - Returns: false at the end of the body.
    private func fill() async throws -> Bool {
        guard let chunk = try await body.next() else { return false }
        received += chunk.count
        buffer.removeFirst(start)
        start = 0
        buffer += chunk
        return true
    }

    /// Every pattern starts with a carriage return, which is rare in audio.
    private func position(of pattern: [UInt8]) -> Int? { buffer.firstIndex(of: pattern, from: start) }
}
