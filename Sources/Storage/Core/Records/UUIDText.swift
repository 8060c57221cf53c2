/// UUIDs as text, without the ways of Foundation's: that opens a file for each random one, and lists read thousands a second.
enum UUIDText {
    /// Nil for what is none, else in small letters.
    static func lowercase(_ text: String) -> String? {
        var (place, isLowercase) = (0, true)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "-"): guard isDash(place) else { return nil }
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"):
                guard !isDash(place) else { return nil }
            case UInt8(ascii: "A")...UInt8(ascii: "F"):
                guard !isDash(place) else { return nil }
                isLowercase = false
            default: return nil
            }
            place += 1
        }
        guard place == length else { return nil }
        return isLowercase ? text : text.lowercased()
    }

    /// Version 4: 122 bits at random. Source: RFC 9562 §5.4.
    static func random() -> String {
        let high = UInt64.random(in: 0...(.max)) & ~0xF000 | 0x4000
        let low = UInt64.random(in: 0...(.max)) & ~(3 << 62) | 2 << 62
        return String(unsafeUninitializedCapacity: length) { text in
            var digit = 0
            for place in 0..<length {
                if isDash(place) {
                    text[place] = UInt8(ascii: "-")
                } else {
                    text[place] = Checksum.digit(digit & 15, of: digit < 16 ? high : low)
                    digit += 1
                }
            }
            return length
        }
    }

    private static let length = 36

    private static func isDash(_ place: Int) -> Bool { place == 8 || place == 13 || place == 18 || place == 23 }
}
