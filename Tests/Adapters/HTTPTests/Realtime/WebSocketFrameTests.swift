import NIOCore
import StorageTestKit
import Testing

@testable import WaxwingHTTP

@Suite struct WebSocketFrameTests {
    private func frames(_ bytes: [UInt8], isMasked: Bool = true, room: Int = 1 << 20) throws -> [WebSocketFrame] {
        var reader = WebSocketFrameReader(isMasked: isMasked)
        reader.append(ByteBuffer(bytes: bytes))
        var frames: [WebSocketFrame] = []
        while let frame = try reader.next(room: room) { frames.append(frame) }
        return frames
    }

    /// RFC 6455 §5.7.
    @Test func `the examples of the standard are read, and written the same`() throws {
        let hello = ByteBuffer(string: "Hello")
        let masked: [UInt8] = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
        let mask: [UInt8] = [0x37, 0xfa, 0x21, 0x3d]
        #expect(try frames(masked) == [WebSocketFrame(opcode: .text, payload: hello)])
        #expect(Array(WebSocketFrame(opcode: .text, payload: hello).encoded(mask: mask).readableBytesView) == masked)
        let examples: [([UInt8], [WebSocketFrame])] = [
            ([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f], [WebSocketFrame(opcode: .text, payload: hello)]),
            (
                [0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f],
                [
                    WebSocketFrame(isFinal: false, opcode: .text, payload: ByteBuffer(string: "Hel")),
                    WebSocketFrame(opcode: .continuation, payload: ByteBuffer(string: "lo")),
                ]
            ),
            ([0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f], [WebSocketFrame(opcode: .ping, payload: hello)]),
            (
                [0x82, 0x7E, 0x01, 0x00] + [UInt8](repeating: 7, count: 256),
                [WebSocketFrame(opcode: .binary, payload: ByteBuffer(repeating: 7, count: 256))]
            ),
            (
                [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0] + [UInt8](repeating: 7, count: 65_536),
                [WebSocketFrame(opcode: .binary, payload: ByteBuffer(repeating: 7, count: 65_536))]
            ),
        ]
        for (bytes, expected) in examples {
            #expect(try frames(bytes, isMasked: false) == expected)
            #expect(expected.flatMap { Array($0.encoded().readableBytesView) } == bytes)
        }
        let pong: [UInt8] = [0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
        #expect(try frames(pong) == [WebSocketFrame(opcode: .pong, payload: hello)])
    }

    @Test(
        arguments: [
            ("unmasked", [0x81, 0x01, 0x41], 1002), ("reserved bit", [0xC1, 0x80], 1002),
            ("reserved opcode", [0x83, 0x80], 1002), ("reserved control opcode", [0x8B, 0x80], 1002),
            ("fragmented ping", [0x09, 0x80], 1002), ("long ping", [0x89, 0xFE], 1002),
            ("16 bits for 125", [0x81, 0xFE, 0x00, 0x7D], 1002),
            ("64 bits for 65,535", [0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 1002),
            ("a highest bit", [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0], 1002),
            ("all bits", [0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 1002),
            ("too long", [0x82, 0xFE, 0x04, 0x01], 1009),
            ("far too long", [0x82, 0xFF, 0, 0, 0x7F, 0, 0, 0, 0, 0], 1009),
        ] as [(String, [UInt8], Int)])
    func `what breaks a rule is refused by its head alone`(name: String, bytes: [UInt8], code: Int) throws {
        let refusal = #expect(throws: WebSocketClose.self) { try frames(bytes, room: 1024) }
        #expect(refusal?.code == code)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `frames are the same however their bytes come in`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let sent = (0..<20).map { _ -> WebSocketFrame in
            let opcode: WebSocketFrame.Opcode =
                [.text, .binary, .ping, .continuation].randomElement(using: &random) ?? .text
            let length = Int.random(in: 0...(opcode.isControl ? 125 : 70_000), using: &random)
            return WebSocketFrame(
                opcode: opcode, payload: ByteBuffer(repeating: UInt8(truncatingIfNeeded: seed), count: length))
        }
        var bytes = sent.reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1.encoded(mask: [9, 0, 255, 3])) }
        var (reader, read) = (WebSocketFrameReader(), [WebSocketFrame]())
        while bytes.readableBytes > 0 {
            let part = bytes.readSlice(length: min(Int.random(in: 1...3_000, using: &random), bytes.readableBytes))
            reader.append(try #require(part))
            while let frame = try reader.next(room: 1 << 20) { read.append(frame) }
        }
        #expect(read == sent)
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func `noise ends a dialogue with a code that may be said, and never more than that`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            var dialogue = WebSocketDialogue(WebSocketRules(largestMessage: 64), at: .now)
            var bytes = (0..<Int.random(in: 1...80, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            // Most noise begins as a frame does, or none would come far.
            bytes[0] = [0x81, 0x01, 0x80, 0x88, 0x89, 0x82].randomElement(using: &random) ?? 0x81
            if bytes.count > 1 { bytes[1] |= 0x80 }
            let steps = dialogue.received(ByteBuffer(bytes: bytes), at: .now)
            let ends = steps.filter { if case .end = $0 { true } else { false } }
            #expect(ends.count <= 1)
            if case .end(let close)? = steps.last { #expect((1000...4999).contains(close.code)) }
            #expect(dialogue.received(ByteBuffer(bytes: bytes), at: .now).isEmpty || dialogue.isOpen || ends.isEmpty)
        }
    }
}
