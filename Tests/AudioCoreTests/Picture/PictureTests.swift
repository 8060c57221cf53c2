import Testing

@testable import AudioCore

@Suite struct PictureTests {
    @Test(arguments: [
        ("#1db954", PixelColor(red: 0x1d, green: 0xb9, blue: 0x54)),
        ("1DB954", PixelColor(red: 0x1d, green: 0xb9, blue: 0x54)),
        ("#00000080", PixelColor(red: 0, green: 0, blue: 0, alpha: 0x80)),
    ])
    func `a colour is read as in CSS`(text: String, color: PixelColor) {
        #expect(PixelColor(text) == color)
    }

    @Test(arguments: ["", "#", "#12345", "#1234567", "#12345g", "#+12345", "##12345", "red", "#123456789"])
    func `what is no colour is refused`(text: String) {
        #expect(PixelColor(text) == nil)
    }

    @Test func `a colour over another one covers it by its alpha and its part of the pixel`() {
        let black = PixelColor(red: 0, green: 0, blue: 0)
        #expect(PixelColor.white.over(black, coverage: 0) == black)
        #expect(PixelColor.white.over(black, coverage: 1) == .white)
        #expect(PixelColor.white.over(black, coverage: 0.2) == PixelColor(red: 51, green: 51, blue: 51))
        #expect(
            PixelColor.white.over(.clear, coverage: 0.2) == PixelColor(red: 255, green: 255, blue: 255, alpha: 51))
        #expect(
            PixelColor.white.over(.clear, coverage: 0) == PixelColor(red: 255, green: 255, blue: 255, alpha: 0),
            "invisible, but not black: programs that shrink pictures mix it in")
    }

    @Test(arguments: [(15, 256), (16_385, 16), (1920, 0), (-1, 100), (Int.max, Int.max), (16_384, 4_096)])
    func `a size that is too small or too large is refused`(width: Int, height: Int) {
        #expect(throws: PictureError.size(width: width, height: height)) {
            try PictureSize(width: width, height: height)
        }
    }

    @Test(arguments: [1, 2, 3, 16, 17, 255, 256])
    func `a PNG gives back every pixel, whatever the number of colours`(colors: Int) throws {
        var random = SplitMix64(seed: UInt64(colors))
        let palette = (0..<colors).map { _ in
            let bits = random.next()
            // Fully transparent pixels have no colour of their own when read back.
            return PixelColor(
                red: UInt8(truncatingIfNeeded: bits), green: UInt8(truncatingIfNeeded: bits >> 8),
                blue: UInt8(truncatingIfNeeded: bits >> 16), alpha: max(1, UInt8(truncatingIfNeeded: bits >> 24)))
        }
        let size = try PictureSize(width: 61, height: 37)
        let pixels = (0..<61 * 37).map { _ in UInt8.random(in: 0...UInt8(colors - 1), using: &random) }
        let picture = Picture(size: size, palette: palette, pixels: pixels)
        let decoded = try DecodedPNG(picture.png())
        #expect(decoded.width == 61 && decoded.height == 37)
        let wrong = (0..<37).flatMap { row in (0..<61).map { ($0, row) } }
            .filter { decoded[$0.0, $0.1] != picture[$0.0, $0.1] }
        #expect(wrong.isEmpty)
    }

    @Test func `noise does not fit into fewer bytes, but into the room that is set aside`() throws {
        var random = SplitMix64(seed: 5)
        let size = try PictureSize(width: 700, height: 300)
        let pixels = (0..<700 * 300).map { _ in UInt8.random(in: 0...255, using: &random) }
        let png = try Picture(size: size, palette: ColorMap.gray.palette, pixels: pixels).png()
        #expect(png.count > 700 * 300)
        #expect(try DecodedPNG(png)[699, 299].red == pixels[700 * 300 - 1])
    }
}
