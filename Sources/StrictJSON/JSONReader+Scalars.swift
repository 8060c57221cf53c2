/// Strings, numbers and what stands between them.
extension JSONReader {
    var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { place += 1 }
    }

    mutating func expect(_ byte: UInt8) throws(JSONFlaw) {
        guard peek == byte else { throw .malformed(at: place) }
        place += 1
    }

    mutating func word(_ word: StaticString, _ product: Product) throws(JSONFlaw) -> Product {
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes[place...].starts(with: letters) else { throw .malformed(at: place) }
        place += letters.count
        return product
    }

    /// - Returns: what it says; empty where that is not kept.
    mutating func string(isKept: Bool) throws(JSONFlaw) -> String {
        try expect(UInt8(ascii: "\""))
        var text = ""
        var start = place
        while let byte = peek, byte >= 0x20 {
            switch byte {
            case UInt8(ascii: "\""):
                let last = isKept ? plain(start) : ""
                place += 1
                return text.isEmpty ? last : text + last
            case UInt8(ascii: "\\"):
                if isKept { text += plain(start) }
                place += 1
                let scalar = try escape()
                if isKept { text.unicodeScalars.append(scalar) }
                start = place
            default: place += 1
            }
        }
        throw peek == 0 ? .nul(in: nil) : .malformed(at: place)
    }

    /// What has no escapes, up to the place.
    private func plain(_ start: Int) -> String { String(decoding: bytes[start..<place], as: UTF8.self) }

    private mutating func escape() throws(JSONFlaw) -> Unicode.Scalar {
        guard let byte = peek else { throw .malformed(at: place) }
        place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedScalar()
        default: throw .malformed(at: place - 1)
        }
    }

    private mutating func escapedScalar() throws(JSONFlaw) -> Unicode.Scalar {
        let first = try hexadecimal()
        guard first != 0 || limits.takesNUL else { throw .nul(in: nil) }
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, bytes[place...].starts(with: "\\u".utf8) else { throw .loneSurrogate(in: nil) }
        place += 2
        let second = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw .loneSurrogate(in: nil) }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONFlaw) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw .malformed(at: place)
            }
            value = value << 4 | UInt32(digit)
            place += 1
        }
        return value
    }

    mutating func number() throws(JSONFlaw) -> Product {
        let start = place
        var isWhole = true
        if peek == UInt8(ascii: "-") { place += 1 }
        if peek == UInt8(ascii: "0") { place += 1 } else { try skipDigits() }
        if peek == UInt8(ascii: ".") {
            isWhole = false
            place += 1
            try skipDigits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            isWhole = false
            place += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { place += 1 }
            try skipDigits()
        }
        guard place - start <= limits.digits else { throw .number(in: nil) }
        let text = plain(start)
        if isWhole, let whole = Int64(text) { return .integer(whole) }
        guard let value = Double(text), value.isFinite else { throw .number(in: nil) }
        return .number(value)
    }

    private mutating func skipDigits() throws(JSONFlaw) {
        let start = place
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
        guard place > start else { throw .malformed(at: place) }
    }
}
