import Foundation
import Storage
import StorageTestKit
import Testing

@testable import Auth

/// Which key signs and which are accepted, by the time alone.
@Suite struct KeyRingTests {
    private let start = Timestamp(milliseconds: 1_800_000_000_000)

    private func rotated(
        _ ring: KeyRing, _ use: KeyUse, _ pace: RotationPace = .overlapping, at now: Timestamp
    ) throws
        -> KeyRing
    {
        try ring.rotated(use, to: .random(ring[use].newest.algorithm), pace, at: now)
    }

    @Test(arguments: KeyUse.allCases)
    func `a new key is accepted at once, signs after a minute, and the old one is accepted for the overlap`(
        use: KeyUse
    ) throws {
        let before = try KeyRing.random(at: start)
        let ring = try rotated(before, use, at: start + .seconds(1000))
        let (old, new) = (before[use].newest.id, ring[use].newest.id)
        let turn = start + .seconds(1060)
        func signer(_ now: Timestamp) -> String { ring[use].signer(at: now).id }
        func accepted(_ now: Timestamp) -> [String] { ring[use].accepted(at: now).map(\.id) }
        #expect(signer(turn - .milliseconds(1)) == old && signer(turn) == new)
        #expect(accepted(start) == [new, old])
        #expect(accepted(turn + use.overlap - .milliseconds(1)) == [new, old])
        #expect(accepted(turn + use.overlap) == [new])
        for other in KeyUse.allCases where other != use { #expect(ring[other] == before[other]) }
    }

    @Test func `the secret that signs comes first, and the next one is there before it signs`() throws {
        let ring = try rotated(.random(at: start), .link, at: start)
        let (new, old) = (ring[.link].all[0].id, ring[.link].all[1].id)
        #expect(ring.secrets(for: .link, at: start).map(\.id) == [old, new])
        #expect(ring.secrets(for: .link, at: start + .seconds(60)).map(\.id) == [new, old])
    }

    @Test func `the next signing key is published before it signs, and a retired one until it is over`() throws {
        let ring = try rotated(.random(at: start), .signing, at: start)
        func published(_ now: Timestamp) throws -> [String] {
            try #require(JSONWebKeySet(ring.keySet(at: now).published)).keys.map(\.id)
        }
        #expect(try published(start) == ring[.signing].all.map(\.id))
        #expect(ring.keySet(at: start).signing.id == ring[.signing].older[0].id)
        let end = start + KeySuccession.propagation + KeyUse.signing.overlap
        #expect(try published(end) == [ring[.signing].newest.id])
    }

    @Test(arguments: KeyUse.allCases) func `of a leaked key nothing is left, nor of the others of its use`(
        use: KeyUse
    ) throws {
        let ring = try rotated(.random(at: start), use, at: start)
        let clean = try rotated(ring, use, .immediate, at: start)
        #expect(clean[use].older.isEmpty && !ring[use].all.map(\.id).contains(clean[use].newest.id))
        #expect(clean[use].signer(at: start).id == clean[use].newest.id)
    }

    @Test func `a machine whose clock is behind signs with the oldest key`() throws {
        let ring = try rotated(.random(at: start), .signing, at: start)
        #expect(ring[.signing].signer(at: start - .seconds(3600)).id == ring[.signing].older[0].id)
    }

    @Test func `keys whose time is over are gone with the next rotation of any`() throws {
        let ring = try rotated(.random(at: start), .webhook, at: start)
        let later = start + KeySuccession.propagation + KeyUse.webhook.overlap
        #expect(try rotated(ring, .link, at: later - .milliseconds(1))[.webhook].older.count == 1)
        #expect(try rotated(ring, .link, at: later)[.webhook].older.isEmpty)
    }

    @Test func `a clock that was set back keeps the order of the keys`() throws {
        let ring = try rotated(.random(at: start), .link, at: start)
        let next = try rotated(ring, .link, at: start - .seconds(3600))
        #expect(next[.link].newest.signsFrom == ring[.link].newest.signsFrom + .milliseconds(1))
        #expect(KeyRing(encoded: try next.encoded()) == next)
    }

    @Test func `who rotates in a loop is stopped, and can still throw all away`() throws {
        var ring = try KeyRing.random(at: start)
        for _ in 1..<KeySuccession.longest { ring = try rotated(ring, .link, at: start) }
        #expect(throws: KeyRotationError.tooManyKeys(.link)) { try rotated(ring, .link, at: start) }
        #expect(try rotated(ring, .link, .immediate, at: start)[.link].all.count == 1)
    }

    @Test func `only signing keys have a choice of algorithm`() throws {
        let ring = try KeyRing.random(at: start)
        for use in KeyUse.allCases where use != .signing {
            #expect(throws: KeyRotationError.algorithmOfSigning(use)) {
                try ring.rotated(use, to: .random(.es256), .overlapping, at: start)
            }
        }
        for algorithm in SignatureAlgorithm.allCases {
            let next = try ring.rotated(.signing, to: .random(algorithm), .overlapping, at: start)
            #expect(next.keySet(at: start + .seconds(60)).signing.algorithm == algorithm)
            #expect(KeyRing(encoded: try next.encoded()) == next)
        }
    }

    /// Whatever happens when, somebody signs, and what the signer makes is accepted until its end.
    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func `what was signed at any time is accepted for as long as it lives`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var now = start
        var ring = try KeyRing.random(at: now, signing: .hs256)
        var signed: [(id: String, until: Timestamp)] = []
        for _ in 0..<60 {
            now = now + .seconds(Int.random(in: 1...1200, using: &random))
            if Int.random(in: 0..<4, using: &random) == 0 { ring = (try? rotated(ring, .signing, at: now)) ?? ring }
            signed.append((ring[.signing].signer(at: now).id, now + AccessTokens.life))
            let accepted = Set(ring[.signing].accepted(at: now).map(\.id))
            #expect(signed.allSatisfy { $0.until < now || accepted.contains($0.id) })
            #expect(KeyRing(encoded: try ring.encoded()) == ring)
        }
    }

    @Test func `nothing of a ring shows its secrets`() throws {
        let ring = try KeyRing.random(at: start, signing: .hs256)
        var dumped = ""
        dump(ring, to: &dumped)
        let shown = "\(ring) \(String(reflecting: ring)) \(dumped)"
        for use in KeyUse.allCases {
            let secret = ring[use].newest.key.secret
            #expect(!shown.contains(Base64URL.encode(secret.bytes)) && !shown.contains("\(secret.bytes)"))
        }
    }
}
