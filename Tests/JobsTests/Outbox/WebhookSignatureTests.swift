import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Jobs

private let now = Timestamp(milliseconds: 1_700_000_000_000)
private let body = Array(#"{"data":{"job":"17"},"timestamp":"2026-11-21T04:30:20.123Z","type":"job.completed"}"#.utf8)

@Suite struct WebhookSignatureTests {
    private let secret = WebhookSecret.random()

    @Test func `every published case is decided as it says`() throws {
        let cases = try StandardCase.all()
        #expect(cases.count == 4)
        for one in cases {
            let secret = try #require(WebhookSecret(one.secret))
            let headers = WebhookHeaders(id: one.id, timestamp: String(one.timestamp), signature: one.header)
            let time = Timestamp(milliseconds: one.timestamp * 1_000)
            let isAccepted = (try? WebhookVerifier(secret).verify(headers, body: Array(one.body.utf8), at: time)) != nil
            #expect(isAccepted == one.valid, "\(one.header)")
            let signed = WebhookSigner(secret).sign(id: one.id, body: Array(one.body.utf8), at: time)
            #expect(one.header.hasSuffix(signed.signature) == one.valid)
        }
    }

    @Test func `what was signed is accepted, and names the message`() throws {
        let headers = WebhookSigner(secret).sign(id: "msg_1", body: body, at: now)
        #expect(headers.timestamp == "1700000000")
        #expect(try WebhookVerifier(secret).verify(headers, body: body, at: now) == "msg_1")
        #expect(headers.fields.map(\.name) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
    }

    @Test func `while a secret is rotated, who knows either of the two accepts`() throws {
        let old = WebhookSecret.random()
        let headers = WebhookSigner(secret, also: [old]).sign(id: "msg_1", body: body, at: now)
        #expect(headers.signature.split(separator: " ").count == 2)
        for known in [secret, old] { try WebhookVerifier(known).verify(headers, body: body, at: now) }
        #expect(throws: WebhookRefusal.wrongSignature) {
            try WebhookVerifier(.random()).verify(headers, body: body, at: now)
        }
        let fromOld = WebhookSigner(old).sign(id: "msg_1", body: body, at: now)
        try WebhookVerifier(secret, also: [old]).verify(fromOld, body: body, at: now)
    }

    @Test func `signatures of other schemes are passed over`() throws {
        var headers = WebhookSigner(secret).sign(id: "msg_1", body: body, at: now)
        headers.signature = "v1a,AAAA v2,whatever,else v1,not-base64 \(headers.signature)"
        try WebhookVerifier(secret).verify(headers, body: body, at: now)
    }

    @Test func `a webhook is good for five minutes either way`() throws {
        let headers = WebhookSigner(secret).sign(id: "msg_1", body: body, at: now)
        let verifier = WebhookVerifier(secret)
        for late in [-300, 0, 300] { try verifier.verify(headers, body: body, at: now + .seconds(late)) }
        #expect(throws: WebhookRefusal.tooOld) {
            try verifier.verify(headers, body: body, at: now + .milliseconds(300_001))
        }
        #expect(throws: WebhookRefusal.inTheFuture) {
            try verifier.verify(headers, body: body, at: now - .milliseconds(300_001))
        }
    }

    @Test(arguments: [
        WebhookHeaders(id: "", timestamp: "1700000000", signature: "v1,AAAA"),
        WebhookHeaders(id: "a.b", timestamp: "1700000000", signature: "v1,AAAA"),
        WebhookHeaders(id: "a b", timestamp: "1700000000", signature: "v1,AAAA"),
        WebhookHeaders(id: String(repeating: "a", count: 257), timestamp: "1700000000", signature: "v1,AAAA"),
        WebhookHeaders(id: "a", timestamp: "", signature: "v1,AAAA"),
        WebhookHeaders(id: "a", timestamp: "-1700000000", signature: "v1,AAAA"),
        WebhookHeaders(id: "a", timestamp: "+1700000000", signature: "v1,AAAA"),
        WebhookHeaders(id: "a", timestamp: "1700000000.0", signature: "v1,AAAA"),
        WebhookHeaders(id: "a", timestamp: "١٧٠٠٠٠٠٠٠٠", signature: "v1,AAAA"),
        WebhookHeaders(id: "a", timestamp: "999999999999999999999", signature: "v1,AAAA"),
        WebhookHeaders(id: "a", timestamp: "1700000000", signature: ""),
        WebhookHeaders(id: "a", timestamp: "1700000000", signature: "v1"),
        WebhookHeaders(id: "a", timestamp: "1700000000", signature: "v1,AAAA "),
        WebhookHeaders(id: "a", timestamp: "1700000000", signature: String(repeating: "v1,A ", count: 900) + "v1,A"),
    ])
    func `headers that are none are refused as such`(headers: WebhookHeaders) {
        #expect(throws: WebhookRefusal.malformed) { try WebhookVerifier(secret).verify(headers, body: body, at: now) }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `none of a thousand changed webhooks is accepted`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let signed = WebhookSigner(secret).sign(id: "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", body: body, at: now)
        let verifier = WebhookVerifier(secret)
        var changed = 0
        while changed < 1_000 {
            var (headers, bytes) = (signed, body)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: headers.id = changing(headers.id, &random)
            case 1: headers.timestamp = changing(headers.timestamp, &random)
            case 2: headers.signature = changing(headers.signature, &random)
            default: bytes = changing(bytes, &random)
            }
            guard headers != signed || bytes != body else { continue }
            changed += 1
            #expect(throws: WebhookRefusal.self) { try verifier.verify(headers, body: bytes, at: now) }
        }
    }

    private func changing(_ text: String, _ random: inout SplitMix64) -> String {
        String(decoding: changing(Array(text.utf8), &random), as: UTF8.self)
    }

    /// A bit, a byte more, a byte less, two exchanged, or the end cut off.
    private func changing(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        let (place, other) = (
            Int.random(in: bytes.indices, using: &random), Int.random(in: bytes.indices, using: &random)
        )
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<7, using: &random)
        case 1: bytes.insert(.random(in: 0x20...0x7E, using: &random), at: place)
        case 2: bytes.remove(at: place)
        case 3: bytes.swapAt(place, other)
        default: bytes.removeLast(place + 1)
        }
        return bytes
    }
}

@Suite struct WebhookSecretTests {
    @Test func `a secret is written as it is read`() throws {
        let text = "whsec_a2tra2tra2tra2tra2tra2tra2tra2tr"
        #expect(WebhookSecret(text)?.text == text)
        let random = WebhookSecret.random()
        #expect(WebhookSecret(random.text) == random)
        #expect(WebhookSecret.random() != random)
    }

    @Test func `a secret does not show when printed`() {
        let secret = WebhookSecret.random()
        var dumped = ""
        dump(secret, to: &dumped)
        for shown in ["\(secret)", String(reflecting: secret), dumped, "\([secret])"] {
            #expect(!shown.contains(secret.text.dropFirst(6)))
        }
    }

    @Test(arguments: [
        "", "whsec_", "a2tra2tra2tra2tra2tra2tra2tra2tr", "WHSEC_a2tra2tra2tra2tra2tra2tra2tra2tr",
        "whsec_a2tra2tra2tra2tra2tra2tra2tra2s", "whsec_a2tra2tra2tra2tra2tra2tra2tra2t=",
        "whsec_a2tra2tra2tra2tra2tra2tra2tra2tr ", "whsec_a2tra2tra2tra2tra2tra2tra2tra2-_",
        "whsec_a2tra2tra2tra2tra2tra2tra2s=", "whsec_" + String(repeating: "AAAA", count: 22),
    ])
    func `anything else is none`(text: String) {
        #expect(WebhookSecret(text) == nil)
    }
}

private struct StandardCase: Decodable {
    let id: String
    let timestamp: Int64
    let body: String
    let secret: String
    let header: String
    let valid: Bool

    static func all() throws -> [StandardCase] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Vectors/webhooks/standard-webhooks.json")
        return try JSONDecoder().decode([StandardCase].self, from: Data(contentsOf: file))
    }
}
