import NIOHTTP1
import Storage
import StorageTestKit
import Testing

@testable import StorageS3

@Suite struct ObjectHeadersTests {
    private func roundTrip(_ headers: ObjectHeaders) -> ObjectHeaders {
        ObjectHeaders(HTTPHeaders(headers.fields.map { ($0.name.lowercased(), $0.value) }))
    }

    @Test(arguments: [
        ["title": "Take 7", "bpm": "120"], ["Title": "1", "title": "2"], ["": "empty"], ["empty": ""],
        ["a_b": "1", "a-b": "2"],
        ["e\u{301}": "Çà et là 🎧\r\nX-Evil: 1"], ["space ": " both "], ["runs": "a  b"], ["waxwing-sha256": "forged"],
        ["nul": "\0", "del": "\u{7F}", "tab": "\t"], [String(repeating: "k", count: 200): "long"], ["%41": "%41"],
    ])
    func `metadata comes back as it was given`(metadata: [String: String]) {
        let headers = ObjectHeaders(
            ObjectAttributes(metadata: metadata), sha256: "ab", modified: Timestamp(milliseconds: 1_700_000_000_123),
            put: "1")
        #expect(roundTrip(headers) == headers)
    }

    @Test(arguments: ["audio/wav; q=\"1\"", "", " a", "a  b", "ü/ü", "a\r\nb", "text/plain"])
    func `a content type and cache control come back as they were given`(value: String) {
        let headers = ObjectHeaders(ObjectAttributes(contentType: value, cacheControl: value))
        #expect(roundTrip(headers) == headers)
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func `no header has a line end, a control character or a byte beyond ASCII`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func text() -> String {
            String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 0...12, using: &random)).map { _ in
                        Unicode.Scalar(UInt32.random(in: 0...0x24F, using: &random)) ?? "x"
                    }))
        }
        let attributes = ObjectAttributes(
            contentType: text(), cacheControl: text(), metadata: [text(): text(), text() + "1": text()])
        let headers = ObjectHeaders(attributes)
        #expect(roundTrip(headers) == headers)
        #expect(headers.fields.allSatisfy { ($0.name + $0.value).utf8.allSatisfy { (0x20...0x7E).contains($0) } })
    }

    @Test func `plain metadata is plain for everybody`() {
        let fields = ObjectHeaders(ObjectAttributes(contentType: "audio/wav", metadata: ["take-7": "Room 1, dry"]))
            .fields
        #expect(fields == [.init("Content-Type", "audio/wav"), .init("x-amz-meta-take-7", "Room 1, dry")])
    }

    @Test func `what others wrote into our names does no harm`() {
        let headers = ObjectHeaders(
            HTTPHeaders([
                ("x-amz-meta-waxwing-more", "no base64!"), ("x-amz-meta-waxwing-modified", "yesterday"),
                ("X-Amz-Meta-Owner", "Ada"),
            ]))
        #expect(headers.attributes == ObjectAttributes(metadata: ["owner": "Ada"]))
        #expect(headers.modified == nil)
    }
}
