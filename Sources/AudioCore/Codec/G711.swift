/// The two companding laws of telephony, as tables of all 256 codes, full scale ±1.
///
/// Source: ITU-T G.711 (1988).
enum G711 {
    static let aLaw: [Float] = (0..<256).map { code in
        // Every other bit is inverted on the line.
        let bits = code ^ 0x55
        let (exponent, step) = ((bits >> 4) & 7, (bits & 15) << 4)
        let magnitude = exponent == 0 ? step + 8 : (step + 0x108) << (exponent - 1)
        return Float(bits & 0x80 == 0 ? -magnitude : magnitude) * 0x1p-15
    }

    static let muLaw: [Float] = (0..<256).map { code in
        let bits = ~code & 0xFF
        let magnitude = ((((bits & 15) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84
        return Float(bits & 0x80 == 0 ? magnitude : -magnitude) * 0x1p-15
    }
}
