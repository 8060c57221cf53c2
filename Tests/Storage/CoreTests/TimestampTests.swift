import Foundation
import Storage
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_795_235_420_123, "2026-11-21T04:30:20.123Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_001, "2000-02-29T00:00:00.001Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func `is written as RFC 3339 in UTC, and read back`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(text) == Timestamp(milliseconds: milliseconds))
    }

    @Test(
        arguments: [-62_000_000_000_000, -1_000, 1_767_225_600_000, 4_102_444_800_000, 253_402_300_000_000] as [Int64])
    func `every millisecond is read back as it was written`(start: Int64) {
        for milliseconds in start..<(start + 1000) {
            let moment = Timestamp(milliseconds: milliseconds)
            #expect(Timestamp(moment.description) == moment)
            #expect(Timestamp(moment.date) == moment)
        }
    }

    @Test(arguments: [
        "", "now", "2026-11-21", "2026-11-21 04:30:20.123Z", "2026-13-01T00:00:00.000Z", "2026-11-21T24:61:00.000Z",
        "2026-02-30T00:00:00.000Z", "2026-11-21T04:30:20.123", "2026-11-21T04:30:20.123Z and more",
    ])
    func `what is not a time is refused`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `is a string in JSON`() throws {
        let moment = Timestamp(milliseconds: 1_795_235_420_123)
        let json = try JSONEncoder().encode([moment])
        #expect(String(decoding: json, as: UTF8.self) == #"["2026-11-21T04:30:20.123Z"]"#)
        #expect(try JSONDecoder().decode([Timestamp].self, from: json) == [moment])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Timestamp].self, from: Data(#"["soon"]"#.utf8))
        }
    }

    @Test func `stays at the ends of its range`() {
        let (first, last) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        #expect(last + .milliseconds(1) == last)
        #expect(first - .milliseconds(1) == first)
        #expect(Timestamp(milliseconds: 0) + .seconds(Int64.max) == last)
        #expect(Timestamp(milliseconds: 0) - .seconds(Int64.max) == first)
        #expect(Timestamp(milliseconds: 0) + .seconds(Int64.min) == first)
        #expect(last - first == .milliseconds(Int64.max))
        #expect(first - last == .milliseconds(Int64.min))
        #expect(Timestamp(Date(timeIntervalSince1970: 1e300)) == last)
        #expect(Timestamp(Date(timeIntervalSince1970: -1e300)) == first)
    }

    @Test func `whole milliseconds count, parts of one do not`() {
        let moment = Timestamp(milliseconds: 1000)
        #expect(moment + .microseconds(1999) == Timestamp(milliseconds: 1001))
        #expect(moment + .microseconds(-1999) == Timestamp(milliseconds: 999))
        #expect((moment + .seconds(2)) - moment == .seconds(2))
    }
}
