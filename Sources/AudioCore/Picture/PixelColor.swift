/// A colour of the screen (sRGB), eight bits a channel; alpha is not multiplied in.
public struct PixelColor: Equatable, Sendable {
    public var red, green, blue: UInt8
    /// 0 is invisible, 255 hides what is below.
    public var alpha: UInt8

    public static let white = PixelColor(red: 255, green: 255, blue: 255)
    public static let clear = PixelColor(red: 0, green: 0, blue: 0, alpha: 0)

    public init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) {
        (self.red, self.green, self.blue, self.alpha) = (red, green, blue, alpha)
    }

    /// Reads `#RRGGBB` or `#RRGGBBAA`, as in CSS; the # may be left out.
    public init?(_ text: String) {
        let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
        guard digits.utf8.count == 6 || digits.utf8.count == 8, digits.allSatisfy(\.isHexDigit),
            let number = UInt32(digits.utf8.count == 6 ? digits + "FF" : digits, radix: 16)
        else { return nil }
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
        self.init(red: bytes[0], green: bytes[1], blue: bytes[2], alpha: bytes[3])
    }

    /// This colour over another one, where it covers only a part of the pixel.
    ///
    /// - Parameters:
    ///   - below: the colour that shows through.
    ///   - coverage: 0…1.
    public func over(_ below: PixelColor, coverage: Float) -> PixelColor {
        let own = Float(alpha) / 255 * coverage
        let other = Float(below.alpha) / 255 * (1 - own)
        // Where nothing is seen the colour is kept: programs that shrink pictures mix it in.
        guard own + other > 0 else { return PixelColor(red: red, green: green, blue: blue, alpha: 0) }
        func mixed(_ channel: KeyPath<PixelColor, UInt8>) -> UInt8 {
            let value = (Float(self[keyPath: channel]) * own + Float(below[keyPath: channel]) * other) / (own + other)
            return UInt8(min(255, value.rounded()))
        }
        return PixelColor(
            red: mixed(\.red), green: mixed(\.green), blue: mixed(\.blue),
            alpha: UInt8(min(255, (255 * (own + other)).rounded())))
    }
}
