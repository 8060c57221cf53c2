import NIOCore

/// Takes frames out of bytes as they come in, and refuses what breaks a rule as soon as its head is there: nothing is kept of
/// a frame that is too long.
struct WebSocketFrameReader {
    /// Whether frames must be masked, as a client's, or must not, as a server's.
    let isMasked: Bool
    private var bytes = ByteBuffer()

    init(isMasked: Bool = true) {
        self.isMasked = isMasked
    }

    mutating func append(_ more: ByteBuffer) {
        bytes.discardReadBytes()
        bytes.writeImmutableBuffer(more)
    }

    /// - Parameter room: bytes that a frame of data may have.
    /// - Returns: nil until the frame is whole.
    mutating func next(room: Int) throws(WebSocketClose) -> WebSocketFrame? {
        guard let head = try head(), head.length <= head.room(room) else {
            if try head() == nil { return nil }
            throw .tooBig
        }
        guard bytes.readableBytes >= head.size + head.length else { return nil }
        bytes.moveReaderIndex(forwardBy: head.size - (isMasked ? 4 : 0))
        let mask = isMasked ? bytes.readBytes(length: 4) : nil
        guard var payload = bytes.readSlice(length: head.length) else { return nil }
        if let mask { payload.apply(mask: mask) }
        return WebSocketFrame(isFinal: head.isFinal, opcode: head.opcode, payload: payload)
    }

    private struct Head {
        let isFinal: Bool
        let opcode: WebSocketFrame.Opcode
        /// Of the payload, bytes.
        let length: Int
        /// Of this head with its mask, bytes.
        let size: Int

        func room(_ room: Int) -> Int { opcode.isControl ? WebSocketFrame.longestControl : room }
    }

    private func head() throws(WebSocketClose) -> Head? {
        let start = bytes.readerIndex
        guard let first = bytes.getInteger(at: start, as: UInt8.self),
            let second = bytes.getInteger(at: start + 1, as: UInt8.self)
        else { return nil }
        guard first & 0x70 == 0 else { throw .broken("reserved bits are set") }
        guard let opcode = WebSocketFrame.Opcode(rawValue: first & 0x0F) else { throw .broken("no such opcode") }
        guard (second & 0x80 != 0) == isMasked else {
            throw .broken(isMasked ? "a client masks its frames" : "a server masks no frame")
        }
        let (isFinal, short) = (first & 0x80 != 0, Int(second & 0x7F))
        if opcode.isControl {
            guard isFinal else { throw .broken("control frames are not fragmented") }
            guard short <= WebSocketFrame.longestControl else { throw .broken("a control frame is too long") }
        }
        let mask = isMasked ? 4 : 0
        switch short {
        case 126:
            guard let length = bytes.getInteger(at: start + 2, as: UInt16.self) else { return nil }
            guard length > 125 else { throw .broken("a length takes more bytes than it needs") }
            return Head(isFinal: isFinal, opcode: opcode, length: Int(length), size: 4 + mask)
        case 127:
            guard let length = bytes.getInteger(at: start + 2, as: UInt64.self) else { return nil }
            guard length > UInt16.max else { throw .broken("a length takes more bytes than it needs") }
            guard length <= UInt32.max else {
                throw length > Int64.max ? .broken("the highest bit of a length is set") : .tooBig
            }
            return Head(isFinal: isFinal, opcode: opcode, length: Int(length), size: 10 + mask)
        default: return Head(isFinal: isFinal, opcode: opcode, length: short, size: 2 + mask)
        }
    }
}
