import NIOCore
import Testing

@testable import WaxwingHTTP

@Suite struct WebSocketDialogueTests {
    private let start = ContinuousClock.now
    private let rules = WebSocketRules(largestMessage: 100)

    private func dialogue() -> WebSocketDialogue { WebSocketDialogue(rules, at: start) }

    private func frame(_ opcode: WebSocketFrame.Opcode, _ payload: [UInt8] = [], isFinal: Bool = true) -> ByteBuffer {
        WebSocketFrame(isFinal: isFinal, opcode: opcode, payload: ByteBuffer(bytes: payload)).encoded(mask: [
            4, 3, 2, 1,
        ])
    }

    private func closing(_ code: Int) -> [UInt8] { [UInt8(code >> 8), UInt8(code & 255)] }

    @Test func `a message in fragments is one message, with pings between them answered at once`() {
        var dialogue = dialogue()
        #expect(dialogue.received(frame(.text, Array("Gr".utf8) + [0xC3], isFinal: false), at: start) == [])
        #expect(
            dialogue.received(frame(.ping, [7]), at: start)
                == [.send(WebSocketFrame(opcode: .pong, payload: ByteBuffer(bytes: [7])))])
        #expect(dialogue.received(frame(.continuation, [0xBC], isFinal: false), at: start) == [])
        #expect(dialogue.received(frame(.continuation, Array("ße".utf8)), at: start) == [.deliver(.text("Grüße"))])
        #expect(dialogue.received(frame(.binary, [0xFF]), at: start) == [.deliver(.binary([0xFF]))])
        #expect(dialogue.received(frame(.text), at: start) == [.deliver(.text(""))])
    }

    @Test(
        arguments: [
            ("text that is not UTF-8", [(.text, [0xC3, 0x28], true)], 1007),
            ("half a letter at the end", [(.text, [0xC3], true)], 1007),
            ("a surrogate", [(.text, [0xED, 0xA0, 0x80], true)], 1007),
            ("not UTF-8 over fragments", [(.text, [0xC3], false), (.continuation, [0x28], true)], 1007),
            ("a fragment of nothing", [(.continuation, [1], true)], 1002),
            ("a message within a message", [(.text, [65], false), (.text, [66], true)], 1002),
            ("too large", [(.binary, [UInt8](repeating: 1, count: 101), true)], 1009),
            (
                "too large over fragments",
                [
                    (.binary, [UInt8](repeating: 1, count: 60), false),
                    (.continuation, [UInt8](repeating: 1, count: 41), true),
                ],
                1009
            ),
            ("half a close code", [(.close, [3], true)], 1002), ("close code 1005", [(.close, [3, 0xED], true)], 1002),
            ("close code 999", [(.close, [3, 0xE7], true)], 1002),
            ("close code 5000", [(.close, [0x13, 0x88], true)], 1002),
            ("a reason that is not UTF-8", [(.close, [3, 0xE8, 0xFF], true)], 1007),
        ] as [(String, [(WebSocketFrame.Opcode, [UInt8], Bool)], Int)])
    func `what breaks a rule ends it, with its code`(
        name: String, frames: [(WebSocketFrame.Opcode, [UInt8], Bool)], code: Int
    ) throws {
        var dialogue = dialogue()
        var steps: [WebSocketDialogue.Step] = []
        for (opcode, payload, isFinal) in frames {
            steps += dialogue.received(frame(opcode, payload, isFinal: isFinal), at: start)
        }
        try #require(steps.count == 2)
        guard case .send(let said) = steps[0], case .end(let close) = steps[1] else {
            Issue.record("\(steps)")
            return
        }
        #expect(close.code == code && said == close.frame)
        #expect(
            dialogue.received(frame(.text, [65]), at: start) == [] && dialogue.tick(at: start + .seconds(600)) == [])
    }

    @Test func `a close is answered with its code, and nothing comes after it`() {
        for code in [1000, 1001, 3000, 4999] {
            var dialogue = dialogue()
            let bytes = frame(.close, closing(code) + Array("bye".utf8))
            var more = bytes
            more.writeImmutableBuffer(frame(.text, [65]))
            let expected: [WebSocketDialogue.Step] = [
                .send(WebSocketClose(code).frame), .end(WebSocketClose(code, "bye")),
            ]
            #expect(dialogue.received(more, at: start) == expected)
        }
        var silent = dialogue()
        #expect(
            silent.received(frame(.close), at: start)
                == [.send(WebSocketFrame(opcode: .close)), .end(.unsaid)])
    }

    @Test func `after our close nothing is delivered, and the peer has its time to answer`() {
        var dialogue = dialogue()
        #expect(dialogue.close(.goingAway, at: start) == [.send(WebSocketClose.goingAway.frame)])
        #expect(dialogue.close(.normal, at: start) == [])
        #expect(dialogue.received(frame(.text, [65]), at: start) == [])
        #expect(dialogue.received(frame(.ping), at: start) == [])
        #expect(dialogue.tick(at: start + .milliseconds(4_999)) == [])
        var other = dialogue
        #expect(dialogue.tick(at: start + .seconds(5)) == [.end(.goingAway)])
        #expect(other.received(frame(.close, closing(1001)), at: start) == [.end(.goingAway)])
    }

    @Test func `a peer is asked every 30 s whether it is there, and has as long to answer`() {
        var dialogue = dialogue()
        #expect(dialogue.tick(at: start + .milliseconds(29_999)) == [])
        #expect(dialogue.tick(at: start + .seconds(30)) == [.send(WebSocketFrame(opcode: .ping))])
        #expect(dialogue.received(frame(.pong), at: start + .seconds(31)) == [])
        #expect(dialogue.tick(at: start + .seconds(60)) == [.send(WebSocketFrame(opcode: .ping))])
        #expect(dialogue.tick(at: start + .milliseconds(89_999)) == [])
        #expect(
            dialogue.tick(at: start + .seconds(90))
                == [.send(WebSocketClose.unanswered.frame), .end(.unanswered)])
    }

    @Test func `five minutes without a message of either side end it, and pongs are none`() {
        var dialogue = dialogue()
        _ = dialogue.received(frame(.text, [65]), at: start + .seconds(100))
        dialogue.sent(at: start + .seconds(200))
        for second in stride(from: 30, to: 500, by: 30) {
            _ = dialogue.tick(at: start + .seconds(second))
            _ = dialogue.received(frame(.pong), at: start + .seconds(second))
            #expect(dialogue.isOpen)
        }
        #expect(dialogue.tick(at: start + .seconds(500)) == [.send(WebSocketClose.idle.frame)])
    }

    @Test func `a reason that is too long is cut between letters`() throws {
        let close = WebSocketClose(1008, String(repeating: "é", count: 100))
        #expect(close.frame.payload.readableBytes == 124)
        #expect(try WebSocketClose(reading: close.frame.payload) == close)
    }
}
