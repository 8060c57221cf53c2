/// Strings, numbers and what stands between them.
extension StrictJSON {
    var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { place += 1 }
    }

    mutating func expect(_ byte: UInt8) throws(Refused) {
        guard peek == byte else { throw Refused() }
        place += 1
    }

    mutating func string() throws(Refused) -> String {
        try expect(UInt8(ascii: "\""))
        var text: [UInt8] = []
        while let byte = peek, byte >= 0x20 {
            place += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += Array(String(try escape()).utf8)
            default: text.append(byte)
            }
        }
        throw Refused()
    }

    private mutating func escape() throws(Refused) -> Unicode.Scalar {
        defer { place += 1 }
        switch peek {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedScalar()
        default: throw Refused()
        }
    }

    /// Stands on the `u`; ends on the last digit.
    private mutating func escapedScalar() throws(Refused) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, bytes[(place + 1)...].starts(with: "\\u".utf8) else { throw Refused() }
        place += 2
        let second = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw Refused() }
        return scalar
    }

    private mutating func hexadecimal() throws(Refused) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            place += 1
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw Refused() }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    mutating func number() throws(Refused) -> Double {
        let start = place
        if peek == UInt8(ascii: "-") { place += 1 }
        if peek == UInt8(ascii: "0") { place += 1 } else { try digits() }
        if peek == UInt8(ascii: ".") {
            place += 1
            try digits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            place += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { place += 1 }
            try digits()
        }
        guard let value = Double(String(decoding: bytes[start..<place], as: UTF8.self)), value.isFinite else {
            throw Refused()
        }
        return value
    }

    private mutating func digits() throws(Refused) {
        let start = place
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
        guard place > start else { throw Refused() }
    }
}
