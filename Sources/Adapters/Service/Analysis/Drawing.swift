import AudioCore

/// A picture of a sound, or its outline as data.
public enum Drawing: Equatable, Sendable {
    case waveform(PictureSize, WaveformStyle.Shape)
    case spectrogram(PictureSize, ColorMap)
    /// In the formats of audiowaveform, version 2; at most so many points.
    case outline(WaveformData.Format, points: Int)
}

extension Drawing {
    /// What may be asked for: a picture of more pixels would not fit an answer of the process that draws.
    public static let widths = 16...4_096
    public static let heights = 16...1_024
    public static let mostPixels = 1 << 20
    public static let points = 2...50_000

    /// A size that somebody asked for.
    ///
    /// - Throws: ``ServiceError`` `.invalid` naming the field.
    public static func size(
        width: Int?, height: Int?, usual: PictureSize
    ) throws(ServiceError) -> PictureSize {
        let (width, height) = (width ?? min(usual.width, widths.upperBound), height ?? usual.height)
        guard widths.contains(width) else {
            throw .invalid(field: "width", "'width' is \(widths.lowerBound) to \(widths.upperBound) pixels")
        }
        guard heights.contains(height) else {
            throw .invalid(field: "height", "'height' is \(heights.lowerBound) to \(heights.upperBound) pixels")
        }
        guard width * height <= mostPixels, let size = try? PictureSize(width: width, height: height) else {
            throw .invalid(field: "height", "width times height is at most \(mostPixels) pixels: make one smaller")
        }
        return size
    }

    /// - Throws: ``ServiceError`` `.invalid`.
    public static func outline(
        _ format: WaveformData.Format, checking points: Int?
    ) throws(ServiceError) -> Drawing {
        let points = points ?? AnalyzeUpload.waveformPoints / 2
        guard Self.points.contains(points) else {
            throw .invalid(
                field: "points", "'points' is \(Self.points.lowerBound) to \(Self.points.upperBound)")
        }
        return .outline(format, points: points)
    }

    /// What it is served as.
    public var contentType: String {
        switch self {
        case .waveform, .spectrogram: "image/png"
        case .outline(.json, _): "application/json"
        case .outline(.dat, _): "application/octet-stream"
        }
    }

    /// What follows the stem of the file in the name of the picture.
    var ending: String {
        switch self {
        case .waveform: "_waveform.png"
        case .spectrogram: "_spectrogram.png"
        case .outline(let format, _): "_waveform.\(format.rawValue)"
        }
    }

    /// The same for equal ones alone.
    var name: String {
        switch self {
        case .waveform(let size, let shape): "waveform \(size.width) \(size.height) \(shape.rawValue)"
        case .spectrogram(let size, let colors): "spectrogram \(size.width) \(size.height) \(colors.rawValue)"
        case .outline(let format, let points): "outline \(format.rawValue) \(points)"
        }
    }

    /// Decodes the file and draws it.
    ///
    /// - Throws: ``AudioError``, ``PictureError``, ``WaveformDataError``.
    func bytes(of path: String, limits: DecodeLimits, ffmpeg: FFmpeg?) throws -> [UInt8] {
        switch self {
        case .waveform(let size, let shape):
            try Waveform.measure(path: path, columns: size.width, limits: limits, ffmpeg: ffmpeg)
                .picture(size: size, style: WaveformStyle(shape: shape)).png()
        case .spectrogram(let size, let colors):
            try Spectrogram.measure(path: path, size: size, limits: limits, ffmpeg: ffmpeg)
                .picture(colors: colors).png()
        case .outline(let format, let points):
            try WaveformData.measure(path: path, zoom: .width(points), limits: limits, ffmpeg: ffmpeg).bytes(format)
        }
    }
}

/// As it goes to an analysis child.
extension Drawing: Codable {
    private struct Fields: Codable {
        var width = 0
        var height = 0
        var shape: String?
        var colors: String?
        var format: String?
        var points: Int?
    }

    public init(from decoder: any Decoder) throws {
        let fields = try Fields(from: decoder)
        if let format = fields.format.flatMap(WaveformData.Format.init), let points = fields.points {
            self = .outline(format, points: points)
            return
        }
        let size = try PictureSize(width: fields.width, height: fields.height)
        if let shape = fields.shape.flatMap(WaveformStyle.Shape.init) {
            self = .waveform(size, shape)
        } else if let colors = fields.colors.flatMap(ColorMap.init) {
            self = .spectrogram(size, colors)
        } else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no such drawing"))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = Fields()
        switch self {
        case .waveform(let size, let shape):
            (fields.width, fields.height, fields.shape) = (size.width, size.height, shape.rawValue)
        case .spectrogram(let size, let colors):
            (fields.width, fields.height, fields.colors) = (size.width, size.height, colors.rawValue)
        case .outline(let format, let points):
            (fields.format, fields.points) = (format.rawValue, points)
        }
        try fields.encode(to: encoder)
    }
}
