import Crypto
import Storage
import StorageTestKit
import Synchronization
import Testing

@testable import Auth

/// What need not be checked again, and what must be all the same.
@Suite struct KnownSignaturesTests {
    private let known = KnownSignatures()

    @Test(arguments: [SignatureAlgorithm.rs256, .ps256, .es256, .eddsa])
    func `only the very same signature of the same text by the same key is known`(
        algorithm: SignatureAlgorithm
    ) throws {
        let (key, other) = (try SigningKey.random(algorithm, id: "a"), try SigningKey.random(algorithm, id: "a"))
        let text = Array("header.payload".utf8)
        let signature = try key.signature(of: text)
        for _ in 1...2 {
            #expect(key.verification.isSignature(signature, of: text, known: known))
            #expect(known.count == 1)
            // Another key may have the same name.
            #expect(!other.verification.isSignature(signature, of: text, known: known))
            #expect(!key.verification.isSignature(signature, of: text + [0], known: known))
            for index in signature.indices {
                var changed = signature
                changed[index] ^= 1
                #expect(!key.verification.isSignature(changed, of: text, known: known))
            }
            #expect(!key.verification.isSignature(Array(signature.dropLast()), of: text, known: known))
            // The same bytes, parted elsewhere.
            #expect(
                !key.verification.isSignature([text.last ?? 0] + signature, of: Array(text.dropLast()), known: known))
        }
    }

    @Test func `what is asked for again is kept while others are forgotten`() {
        func digest(_ number: Int) -> SHA256Digest { SHA256.hash(data: Array("\(number)".utf8)) }
        known.add(digest(0))
        for number in 1...20 * KnownSignatures.generation {
            known.add(digest(number))
            if number.isMultiple(of: 1000) { #expect(known.contains(digest(0)), "\(number)") }
        }
        #expect(known.count <= 2 * KnownSignatures.generation)
        #expect(!known.contains(digest(1)))
    }

    @Test func `a known token ends in its time, with its key, and for another service`() throws {
        let clock = ManualClock()
        let now = clock.now()
        let session = Session(
            id: .random(), user: .random(), createdAt: now, expiresAt: now + .seconds(3600), revokedAt: nil)
        let (old, fresh) = (try SigningKey.random(.es256, id: "old"), try SigningKey.random(.es256, id: "new"))
        let ring = Mutex(try KeySet([old]))
        func verifier(for audience: String) -> AccessTokens {
            AccessTokens(
                keys: { ring.withLock { $0 } }, lookForKey: { _ in }, issuer: "waxwing", audience: audience,
                clock: clock, known: known)
        }
        let (tokens, others) = (verifier(for: "waxwing-api"), verifier(for: "other"))
        let token = try tokens.issue(for: session)
        for _ in 1...3 {
            #expect(try tokens.verify(token).session == session.id)
            #expect(throws: TokenFlaw.audience) { try others.verify(token) }
            #expect(known.count == 1)
        }
        ring.withLock { $0 = KeySet(signing: fresh, accepted: [fresh.verification]) }
        #expect(throws: TokenFlaw.unknownKey) { try tokens.verify(token) }
        ring.withLock { $0 = KeySet(signing: fresh, accepted: [fresh.verification, old.verification]) }
        #expect(try tokens.verify(token).session == session.id)
        clock.advance(by: AccessTokens.life)
        #expect(throws: TokenFlaw.expired) { try tokens.verify(token) }
    }
}
