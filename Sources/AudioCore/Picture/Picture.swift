/// A picture of at most 256 colours, one byte a pixel.
public struct Picture: Equatable, Sendable {
    public let size: PictureSize
    /// 1…256 colours.
    public let palette: [PixelColor]
    /// Places in the palette, row by row from the top, `width × height` of them.
    public let pixels: [UInt8]

    /// - Parameters:
    ///   - size: pixels.
    ///   - palette: 1…256 colours.
    ///   - pixels: `width × height`, each a place in the palette.
    public init(size: PictureSize, palette: [PixelColor], pixels: [UInt8]) {
        precondition((1...256).contains(palette.count), "a palette has 1 to 256 colours")
        precondition(pixels.count == size.width * size.height, "a picture has one byte a pixel")
        precondition(palette.count == 256 || pixels.allSatisfy { $0 < palette.count }, "a pixel is in the palette")
        (self.size, self.palette, self.pixels) = (size, palette, pixels)
    }

    /// The colour of a pixel; row 0 is at the top.
    public subscript(column: Int, row: Int) -> PixelColor {
        precondition((0..<size.width).contains(column) && (0..<size.height).contains(row), "outside the picture")
        return palette[Int(pixels[row * size.width + column])]
    }
}
