import CPNG
import Testing

@testable import AudioCore

/// A PNG file as libpng reads it back: every check sum right, every pixel as it is shown.
struct DecodedPNG {
    let width: Int
    let height: Int
    private let pixels: [UInt8]

    init(_ bytes: [UInt8]) throws {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        var pixels: [UInt8] = []
        let isRead = bytes.withUnsafeBytes { buffer in
            guard png_image_begin_read_from_memory(&image, buffer.baseAddress, buffer.count) != 0 else { return false }
            image.format = PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA
            pixels = [UInt8](repeating: 0, count: 4 * Int(image.width) * Int(image.height))
            return png_image_finish_read(&image, nil, &pixels, 0, nil) != 0
        }
        try #require(isRead)
        #expect(image.warning_or_error == 0)
        (width, height, self.pixels) = (Int(image.width), Int(image.height), pixels)
    }

    subscript(column: Int, row: Int) -> PixelColor {
        let start = 4 * (row * width + column)
        return PixelColor(
            red: pixels[start], green: pixels[start + 1], blue: pixels[start + 2], alpha: pixels[start + 3])
    }

    /// Alpha of a column from the top down.
    func alphas(_ column: Int) -> [UInt8] { (0..<height).map { self[column, $0].alpha } }
}
