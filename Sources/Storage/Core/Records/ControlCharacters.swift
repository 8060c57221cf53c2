extension String {
    /// Whether a character of Unicode's category Cc is in it: U+0000…U+001F, U+007F…U+009F. One pass over the bytes.
    package var hasControlCharacter: Bool {
        var last: UInt8 = 0
        for byte in utf8 {
            // U+0080…U+009F are C2 80…C2 9F, and C2 begins nothing else.
            if byte < 0x20 || byte == 0x7F || (last == 0xC2 && byte < 0xA0) { return true }
            last = byte
        }
        return false
    }
}
