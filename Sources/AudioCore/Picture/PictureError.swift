/// Why there is no picture.
public enum PictureError: Error, Equatable, Sendable {
    /// Too small, too large, or both sides allowed but too many pixels together.
    case size(width: Int, height: Int)
    /// So many lanes do not fit below each other.
    case lanes(Int, height: Int)
    /// The encoder's own words.
    case cannotEncode(reason: String)
}

extension PictureError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .size(let width, let height):
            "a picture of \(width) × \(height) cannot be made: each side may be \(PictureSize.sides.lowerBound) to "
                + "\(PictureSize.sides.upperBound) pixels, and both together \(PictureSize.mostPixels) pixels"
        case .lanes(let count, let height):
            "\(count) channels do not fit into \(height) rows: ask for at least \(8 * count)"
        case .cannotEncode(let reason):
            "the picture cannot be encoded (\(reason)): try a smaller one"
        }
    }
}
