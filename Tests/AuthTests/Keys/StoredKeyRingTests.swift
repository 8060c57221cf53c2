import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct StoredKeyRingTests {
    private let start = Timestamp(milliseconds: 1_800_000_000_000)
    private let one = Base64URL.encode(Array(repeating: 1, count: 32))
    private let two = Base64URL.encode(Array(repeating: 2, count: 32))

    private func ring() throws -> KeyRing {
        try KeyRing.random(at: start).rotated(.signing, to: .random(.eddsa), .overlapping, at: start)
    }

    private func text(_ ring: KeyRing) throws -> String {
        String(decoding: try ring.encoded(), as: UTF8.self)
    }

    @Test func `a ring that was written is read back whole`() throws {
        let ring = try ring()
        #expect(KeyRing(encoded: try ring.encoded()) == ring)
    }

    @Test func `a ring of the first version goes on: the first of each list signs, and the others are accepted`() throws
    {
        let old = """
            {"version": 1, "signing": [{"id": "a", "secret": "\(one)"}, {"id": "b", "secret": "\(two)"}],
             "link": [{"id": "c", "secret": "\(two)"}]}
            """
        let ring = try #require(KeyRing(encoded: Array(old.utf8)))
        #expect(ring.keySet(at: start).signing.id == "a" && ring.keySet(at: start).signing.algorithm == .hs256)
        #expect(ring.secrets(for: .signing, at: start).map(\.id) == ["a", "b"])
        #expect(ring.secrets(for: .refresh, at: start) == ring.secrets(for: .signing, at: start))
        #expect(ring.secrets(for: .link, at: start).map(\.id) == ["c"])
        #expect(KeyRing(encoded: Array(old.utf8)) == ring, "all servers read the same, also what is derived")
        #expect(KeyRing(encoded: try ring.encoded()) == ring)
        let webhook = ring[.webhook].newest.key.secret
        #expect(webhook != ring[.signing].newest.key.secret && webhook.bytes.count == 32)
    }

    @Test func `old keys are rotated like others, and may change their algorithm`() throws {
        let old = """
            {"version": 1, "signing": [{"id": "a", "secret": "\(one)"}], "link": [{"id": "c", "secret": "\(two)"}]}
            """
        let ring = try #require(KeyRing(encoded: Array(old.utf8)))
            .rotated(.signing, to: .random(.es256), .overlapping, at: start)
        #expect(ring.keySet(at: start).signing.id == "a")
        #expect(ring.keySet(at: start + .seconds(60)).signing.algorithm == .es256)
        #expect(KeyRing(encoded: try ring.encoded()) == ring)
    }

    @Test(arguments: [
        (#""version" : 2"#, #""version" : 3"#), (#""version" : 2"#, #""version" : "2""#),
        (#""version" : 2"#, #""version" : 2, "more" : 1"#), (#""link""#, #""links""#),
        (#""algorithm" : "EdDSA""#, #""algorithm" : "none""#), (#""algorithm" : "EdDSA""#, #""algorithm" : "HS512""#),
        (#""algorithm" : "HS256""#, #""algorithm" : "ES256""#),
        (#""created_at" : "2027-01-15T08:00:00.000Z""#, #""created_at" : "2027-13-15T08:00:00.000Z""#),
        (#""created_at" : "2027-01-15T08:00:00.000Z""#, #""created_at" : "2028-01-15T08:00:00.000Z""#),
        (#""created_at" : "2027-01-15T08:00:00.000Z""#, #""created_at" : 5"#),
        (#""signs_from" : "2027-01-15T08:01:00.000Z""#, #""signs_from" : "2027-01-15T08:00:00.000Z""#),
        (#""accepted_until""#, #""until""#), (#""id" : ""#, #""id" : " "#), (#""secret" : ""#, #""secret" : "!"#),
        (#""secret" : ""#, #""extra" : 1, "secret" : ""#), (#""keys""#, #""keys" : {}, "keys""#),
    ])
    func `a ring that says anything else is refused`(from part: String, to other: String) throws {
        let good = try text(ring())
        let place = try #require(good.range(of: part))
        #expect(KeyRing(encoded: Array(good.replacingCharacters(in: place, with: other).utf8)) == nil)
    }

    @Test func `a ring without a newest key, with one twice, or with none, is refused`() throws {
        let ring = try ring()
        let (new, old) = (ring[.signing].newest, ring[.signing].older[0])
        #expect(KeySuccession([]) == nil && KeySuccession([old]) == nil && KeySuccession([old, new]) == nil)
        #expect(KeySuccession([new, new]) == nil && KeySuccession([new, old]) != nil)
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `whatever byte is changed, a ring is read whole or refused`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let good = try ring().encoded()
        for _ in 0..<500 {
            var bad = good
            bad[Int.random(in: bad.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            guard let read = KeyRing(encoded: bad) else { continue }
            #expect(KeyRing(encoded: try read.encoded()) == read)
        }
    }
}
