/// Width and height of a picture in pixels, checked.
public struct PictureSize: Equatable, Sendable {
    /// What each of the two may be.
    public static let sides = 16...16_384
    /// The most pixels of a picture, 8K with a little to spare: memory must not grow with what is asked for.
    public static let mostPixels = 1 << 25

    public let width: Int
    public let height: Int

    /// - Throws: ``PictureError/size(width:height:)`` beyond ``sides`` or ``mostPixels``.
    public init(width: Int, height: Int) throws(PictureError) {
        guard Self.sides.contains(width), Self.sides.contains(height), width * height <= Self.mostPixels else {
            throw .size(width: width, height: height)
        }
        (self.width, self.height) = (width, height)
    }

    private init(unchecked width: Int, _ height: Int) { (self.width, self.height) = (width, height) }

    /// 1920 × 256.
    public static let waveform = PictureSize(unchecked: 1920, 256)
    /// 1920 × 512.
    public static let spectrogram = PictureSize(unchecked: 1920, 512)
}
