import Testing

@testable import Storage

@Suite struct HTTPDateTests {
    @Test func `the date of an answer is read`() {
        #expect(Timestamp(httpDate: "Sat, 21 Nov 2026 04:30:20 GMT") == Timestamp("2026-11-21T04:30:20Z"))
    }

    @Test(arguments: [
        "", "Sat, 21 Nov 2026 04:30:20", "Sat, 31 Feb 2026 04:30:20 GMT", "Sat, 21 Foo 2026 04:30:20 GMT",
        "a b c d e GMT",
    ])
    func `is refused`(text: String) {
        #expect(Timestamp(httpDate: text) == nil)
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (784_111_777_999, "Sun, 06 Nov 1994 08:49:37 GMT"), (1_709_164_800_000, "Thu, 29 Feb 2024 00:00:00 GMT"),
    ])
    func `is written to the second, and read again`(milliseconds: Int64, text: String) {
        let moment = Timestamp(milliseconds: milliseconds)
        #expect(moment.httpDate == text)
        #expect(Timestamp(httpDate: text)?.milliseconds == moment.wholeSeconds * 1000)
    }
}
