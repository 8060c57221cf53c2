/// Numbers in letters and digits, which a double click selects whole.
enum Base62 {
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// Six digits, the greatest first: as many as every number of 32 bits needs.
    static func encode(_ number: UInt32) -> String {
        var (rest, text) = (Int(number), [UInt8]())
        for _ in 0..<6 {
            text.append(digits[rest % 62])
            rest /= 62
        }
        return String(decoding: text.reversed(), as: UTF8.self)
    }

    /// Each digit as likely as any other.
    static func random(count: Int, using generator: inout some RandomNumberGenerator) -> String {
        String(decoding: (0..<count).map { _ in digits[.random(in: 0..<62, using: &generator)] }, as: UTF8.self)
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
