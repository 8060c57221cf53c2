import HTTPTypes
import Hummingbird
import NIOCore

extension ResponseBody {
    /// All of it. For bodies whose length is known to be small.
    func collected() async throws -> ByteBuffer {
        let collected = Collected()
        try await write(Collector(collected) { $0.writeImmutableBuffer($1) })
        return collected.buffer
    }

    /// How many bytes it has.
    func counted() async throws -> Int {
        let collected = Collected()
        try await write(Collector(collected) { _, _ in })
        return collected.count
    }
}

private final class Collected {
    var buffer = ByteBuffer()
    var count = 0
}

private struct Collector: ResponseBodyWriter {
    let collected: Collected
    let keep: (inout ByteBuffer, ByteBuffer) -> Void

    init(_ collected: Collected, _ keep: @escaping (inout ByteBuffer, ByteBuffer) -> Void) {
        (self.collected, self.keep) = (collected, keep)
    }

    mutating func write(_ buffer: ByteBuffer) async throws {
        collected.count += buffer.readableBytes
        keep(&collected.buffer, buffer)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
