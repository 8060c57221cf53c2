import CZlib
import NIOCore

/// Compresses bytes as they come (RFC 1952).
struct Gzip: ~Copyable {
    /// For answers: two thirds of the time of zlib's own choice, for a few bytes more.
    private static let level: Int32 = 4
    /// 32 KiB of window, and the head and tail of gzip (+ 16).
    private static let window: Int32 = 15 + 16
    private static let chunk = 16 << 10

    /// Where it is: zlib remembers the address.
    private let stream: UnsafeMutablePointer<z_stream>

    struct Failed: Error {
        let code: Int32
    }

    init() throws(Failed) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = deflateInit2_(
            stream, Self.level, Z_DEFLATED, Self.window, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw Failed(code: code) }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// - Parameter isLast: whether nothing follows.
    /// - Returns: what is ready of it; of the last, all that is left.
    func compress(_ bytes: ByteBuffer, isLast: Bool) throws(Failed) -> ByteBuffer {
        var (input, output) = (bytes, ByteBuffer())
        let code = input.withUnsafeMutableReadableBytes { source in
            stream.pointee.next_in = source.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_in = UInt32(truncatingIfNeeded: source.count)
            return drain(into: &output, isLast ? Z_FINISH : Z_NO_FLUSH)
        }
        stream.pointee.next_in = nil
        guard code == (isLast ? Z_STREAM_END : Z_OK) || code == Z_BUF_ERROR else { throw Failed(code: code) }
        return output
    }

    private func drain(into output: inout ByteBuffer, _ flush: Int32) -> Int32 {
        var code = Z_OK
        var isFull = true
        while isFull && code == Z_OK {
            output.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.chunk) { target in
                stream.pointee.next_out = target.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_out = UInt32(Self.chunk)
                code = deflate(stream, flush)
                isFull = stream.pointee.avail_out == 0
                return Self.chunk - Int(stream.pointee.avail_out)
            }
        }
        return code
    }
}
