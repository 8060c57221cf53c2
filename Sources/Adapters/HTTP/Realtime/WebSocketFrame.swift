import NIOCore

/// A frame of a WebSocket (RFC 6455 §5.2), with its payload unmasked.
struct WebSocketFrame: Equatable, Sendable {
    enum Opcode: UInt8, Sendable {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10

        var isControl: Bool { rawValue >= 8 }
    }

    var isFinal = true
    let opcode: Opcode
    var payload = ByteBuffer()

    /// The longest payload of a control frame.
    static let longestControl = 125

    /// - Parameter mask: of a client; servers have none.
    func encoded(mask: [UInt8]? = nil) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(payload.readableBytes + 14)
        bytes.writeInteger(opcode.rawValue | (isFinal ? 0x80 : 0))
        let masked: UInt8 = mask == nil ? 0 : 0x80
        switch payload.readableBytes {
        case let length where length <= Self.longestControl: bytes.writeInteger(UInt8(length) | masked)
        case let length where length <= Int(UInt16.max):
            bytes.writeInteger(126 | masked)
            bytes.writeInteger(UInt16(length))
        case let length:
            bytes.writeInteger(127 | masked)
            bytes.writeInteger(UInt64(length))
        }
        guard let mask else {
            bytes.writeImmutableBuffer(payload)
            return bytes
        }
        var payload = payload
        payload.apply(mask: mask)
        bytes.writeBytes(mask)
        bytes.writeBuffer(&payload)
        return bytes
    }
}

extension ByteBuffer {
    /// Masks, or unmasks, the readable bytes (RFC 6455 §5.3).
    mutating func apply(mask: [UInt8]) {
        withUnsafeMutableReadableBytes { bytes in
            for index in bytes.indices { bytes[index] ^= mask[index & 3] }
        }
    }
}
