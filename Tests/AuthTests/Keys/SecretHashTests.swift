import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite(.serialized) struct SecretHashTests {
    /// FIPS 180-4's example of one block.
    @Test func `it is SHA-256`() {
        let hash = SecretHash(of: Secret(Array("abc".utf8)))
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let stored: [UInt8]? = if case .blob(let bytes) = hash.sqlValue { bytes } else { nil }
        #expect(stored.map { Checksum.hex($0) } == digest)
    }

    @Test func `what is stored is read back, and nothing of another length`() {
        let hash = SecretHash(of: .random())
        #expect(SecretHash(sqlValue: hash.sqlValue) == hash)
        for other in [SQLValue.null, .text("x"), .blob([]), .blob(Array(repeating: 0, count: 31))] {
            #expect(SecretHash(sqlValue: other) == nil)
        }
    }

    @Test func `a difference of one bit anywhere is one`() {
        let secret = Secret.random()
        for bit in 0..<256 {
            var bytes = secret.bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            #expect(Secret(bytes) != secret)
        }
        #expect(Secret(secret.bytes) == secret && Secret(secret.bytes + [0]) != secret)
    }

    /// Roughly: a comparison that stops at the first difference would be thousands of times faster there.
    @Test func `a comparison takes as long wherever the difference is`() {
        let count = 1 << 18
        let (whole, first, last) = (
            Secret(Array(repeating: 7, count: count)), Secret([8] + Array(repeating: 7, count: count - 1)),
            Secret(Array(repeating: 7, count: count - 1) + [8])
        )
        var (early, late): ([Duration], [Duration]) = ([], [])
        for _ in 0..<25 {
            early.append(processorTime { #expect(!isEqual(whole, first)) })
            late.append(processorTime { #expect(!isEqual(whole, last)) })
        }
        // The least times: a machine that does other things too only adds to them.
        let ratio = early.sorted()[0] / late.sorted()[0]
        #expect((0.5...2).contains(ratio), "first/last = \(ratio)")
    }

    /// Not inlined, so that nothing is known of the secrets while it is compiled.
    @inline(never) private func isEqual(_ a: Secret, _ b: Secret) -> Bool { a == b }
}
