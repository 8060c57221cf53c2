import StorageTestKit
import Testing

@testable import WaxwingHTTP
@testable import WaxwingService

@Suite struct BodyDigestTests {
    private func form(_ contents: [[UInt8]], boundary: String) -> [UInt8] {
        let head = Array("Content-Disposition: form-data; name=\"audio\"; filename=\"a.wav\"\r\n\r\n".utf8)
        return contents.flatMap { Array("--\(boundary)\r\n".utf8) + head + $0 + Array("\r\n".utf8) }
            + Array("--\(boundary)--\r\n".utf8)
    }

    private func digest(
        _ bytes: [UInt8], boundary: String? = nil, chunks size: Int = 1 << 16
    ) -> BodyFingerprint {
        var digest = BodyDigest(boundary: boundary)
        var rest = bytes[...]
        while !rest.isEmpty {
            digest.update(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return digest.finish()
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `a form is the same with any boundary and in any chunks`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        // Of bytes of which delimiters are made, so that many a stretch begins like one.
        let letters = Array("\r\n-bX\0".utf8)
        let file = (0..<Int.random(in: 0...300, using: &random)).map { _ in
            letters.randomElement(using: &random) ?? 0
        }
        let known = digest(form([file], boundary: "first-boundary"), boundary: "first-boundary")
        for size in [1, 2, 3, 7, 64, 1_000] {
            #expect(digest(form([file], boundary: "Xq"), boundary: "Xq", chunks: size) == known)
            #expect(
                digest(form([file], boundary: "----WebKit\(seed)"), boundary: "----WebKit\(seed)", chunks: size)
                    == known)
        }
        for index in file.indices {
            var other = file
            other[index] ^= 0x80
            #expect(digest(form([other], boundary: "Xq"), boundary: "Xq") != known)
        }
        #expect(digest(form([file + [0]], boundary: "Xq"), boundary: "Xq") != known)
    }

    @Test func `what is a boundary in another form, and text here, makes a difference`() {
        let one = form([Array("abc".utf8)], boundary: "b")
        let other = form([Array("ac".utf8)], boundary: "b")
        #expect(digest(one, boundary: "b") != digest(other, boundary: "b"))
        let split = form([Array("a".utf8), Array("b".utf8)], boundary: "b")
        let joined = form([Array("ab".utf8)], boundary: "b")
        #expect(digest(split, boundary: "b") != digest(joined, boundary: "b"))
        // One part whose text looks like two, in a form with another boundary.
        let text = Array(split.dropFirst("--b\r\n".utf8.count))
        #expect(digest(form([text], boundary: "c"), boundary: "c") != digest(split, boundary: "b"))
    }

    @Test(arguments: 1...9)
    func `a body of another kind is one stretch`(size: Int) {
        let bytes = Array("{\"a\": \"\\r\\n--b\"}\r\n--b\r\n".utf8)
        #expect(digest(bytes, chunks: size) == digest(bytes))
        #expect(digest(bytes).length == bytes.count)
        #expect(digest(bytes + [0x20]) != digest(bytes))
        #expect(digest([]).length == 0)
    }
}
