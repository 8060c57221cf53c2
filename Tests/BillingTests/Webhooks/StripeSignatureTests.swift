import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct StripeSignatureTests {
    struct Case: Decodable, CustomTestStringConvertible {
        let name: String
        let header: String
        let body_base64: String
        let secrets: [String]
        let now: Int
        let tolerance: Int
        let valid: Bool

        var testDescription: String { name }
        var body: [UInt8] { Data(base64Encoded: body_base64).map(Array.init) ?? [] }
    }

    private struct File: Decodable {
        let cases: [Case]
    }

    static let cases: [Case] = {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = tests.appending(path: "Vectors/webhooks/stripe-signature.json")
        return (try? JSONDecoder().decode(File.self, from: Data(contentsOf: file)))?.cases ?? []
    }()

    @Test func `there are cases`() {
        #expect(Self.cases.count >= 33)
        #expect(Self.cases.count { $0.valid } >= 8)
    }

    @Test(arguments: cases)
    func `a header is accepted or not`(_ example: Case) {
        let signature = StripeSignature(secrets: example.secrets, tolerance: .seconds(example.tolerance))
        let isAccepted = (try? signature.verify(example.header, body: example.body, at: at(example.now))) != nil
        #expect(isAccepted == example.valid)
    }

    private let signature = StripeSignature(secrets: ["whsec_new", "whsec_old"])
    private let body = Array(#"{"id":"evt_1"}"#.utf8)
    private let now = at(1_700_000_000)

    @Test(arguments: [(-301, StripeSignatureFlaw?.some(.tooOld)), (-300, nil), (300, nil), (301, .inTheFuture)])
    func `the clocks may differ by 300 seconds either way`(by seconds: Int, flaw: StripeSignatureFlaw?) throws {
        let header = try #require(signature.header(for: body, at: now + .seconds(seconds)))
        var found: StripeSignatureFlaw?
        do {
            try signature.verify(header, body: body, at: now)
        } catch {
            found = error
        }
        #expect(found == flaw)
    }

    @Test(arguments: ["whsec_new", "whsec_old"])
    func `while secrets are exchanged each is good`(secret: String) throws {
        let header = try #require(StripeSignature(secrets: [secret]).header(for: body, at: now))
        #expect(throws: Never.self) { try signature.verify(header, body: body, at: now) }
    }

    @Test func `a secret that was taken away is not`() throws {
        let header = try #require(StripeSignature(secrets: ["whsec_gone"]).header(for: body, at: now))
        #expect(throws: StripeSignatureFlaw.wrongCode) { try signature.verify(header, body: body, at: now) }
    }

    @Test func `long lists are not read`() throws {
        let header = try #require(signature.header(for: body, at: now))
        let code = ",v1=" + String(repeating: "0", count: 64)
        let (full, many) = (header + String(repeating: code, count: 14), header + String(repeating: code, count: 15))
        #expect(throws: Never.self) { try signature.verify(full, body: body, at: now) }
        #expect(throws: StripeSignatureFlaw.malformed) { try signature.verify(many, body: body, at: now) }
        let long = header + ",v0=" + String(repeating: "a", count: StripeSignature.longestHeader)
        #expect(throws: StripeSignatureFlaw.malformed) { try signature.verify(long, body: body, at: now) }
    }

    @Test func `secrets are not shown`() {
        var dumped = ""
        dump(signature, to: &dumped)
        for text in ["\(signature)", String(reflecting: signature), dumped] { #expect(!text.contains("whsec")) }
    }
}

/// Webhooks that somebody has changed. `WAXWING_ROUNDS=520` makes a million of them.
@Suite(.timeLimit(.minutes(Rounds.minutes))) struct StripeSignatureMutationTests {
    @Test(arguments: [1, 2] as [UInt64])
    func `of thousands of changed webhooks none is accepted`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let signature = StripeSignature(secrets: ["whsec_test", "whsec_second"])
        let sender = StripeSignature(secrets: ["whsec_test"])
        let now = at(1_700_000_000)
        let body = Array(#"{"id":"evt_1","type":"invoice.paid","created":1700000000,"data":{"object":{}}}"#.utf8)
        let header = try #require(sender.header(for: body, at: now))
        #expect(throws: Never.self) { try signature.verify(header, body: body, at: now) }
        let other = try #require(StripeSignature(secrets: ["whsec_else"]).header(for: body, at: now))
        var (accepted, tried): ([String], Int) = ([], 0)
        for _ in 0..<(1_000 * Rounds.count(4)) {
            var (changed, text, time) = (body, header, now)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: change(&changed, using: &random)
            case 1:
                let away = Int.random(in: 301...2_000_000_000, using: &random)
                time = now + .seconds(Bool.random(using: &random) ? away : -away)
            case 2: text = spliced(header, other, using: &random)
            default:
                var bytes = Array(header.utf8)
                for _ in 0...Int.random(in: 0...2, using: &random) { change(&bytes, using: &random) }
                text = String(decoding: bytes, as: UTF8.self)
            }
            guard changed != body || time != now || !means(text, sameAs: header) else { continue }
            tried += 1
            if (try? signature.verify(text, body: changed, at: time)) != nil { accepted.append(text) }
        }
        #expect(accepted.isEmpty)
        Rounds.report("webhook signatures, seed \(seed): \(tried) changed, \(accepted.count) accepted")
    }

    /// One byte replaced, put in, taken out or with a bit turned.
    private func change(_ bytes: inout [UInt8], using random: inout SplitMix64) {
        guard let place = bytes.indices.randomElement(using: &random) else { return bytes.append(0) }
        let known = Bool.random(using: &random) ? bytes.randomElement(using: &random) : nil
        let fresh = known ?? UInt8.random(in: 0...127, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(fresh, at: place)
        case 2: bytes[place] ^= 1 << UInt8.random(in: 0..<7, using: &random)
        default: bytes[place] = fresh
        }
    }

    /// Parts of two headers, in any number and order, with others.
    private func spliced(_ header: String, _ other: String, using random: inout SplitMix64) -> String {
        let parts =
            (header + "," + other).split(separator: ",").map(String.init) + ["t=0", "v1=", "v0=1", "", "t", " "]
        return (0...Int.random(in: 0...5, using: &random))
            .compactMap { _ in parts.randomElement(using: &random) }.joined(separator: ",")
    }

    /// Whether both have one time, the same, and the code is among the codes: such a header is as good as the first.
    private func means(_ text: String, sameAs header: String) -> Bool {
        let (parts, known) = (text.split(separator: ","), header.split(separator: ","))
        return parts.filter { $0.hasPrefix("t=") } == known.filter { $0.hasPrefix("t=") }
            && known.allSatisfy(parts.contains)
    }
}
