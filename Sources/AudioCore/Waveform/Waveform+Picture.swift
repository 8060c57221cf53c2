extension Waveform {
    /// Draws the waveform, one column a pixel; lanes lie below each other.
    ///
    /// Upper and lower edges are smoothed: a pixel that is covered in part is so transparent. Cost: about 2 ms for
    /// 1920 × 256.
    ///
    /// - Parameters:
    ///   - size: its width need not be the number of columns; exact pixels need it to be.
    ///   - style: shape, scale and colours.
    ///   - peak: the sample that is drawn to the edge; `nil`: the largest of this sound. Sounds that belong together
    ///     are drawn with the largest peak of them all.
    /// - Throws: ``PictureError/lanes(_:height:)`` where a lane would have fewer than eight rows.
    public func picture(
        size: PictureSize = .waveform, style: WaveformStyle = .init(), peak: Float? = nil
    ) throws(PictureError) -> Picture {
        guard lanes.count * 8 <= size.height else { throw .lanes(lanes.count, height: size.height) }
        let peak = peak ?? self.peak
        var pixels = [UInt8](repeating: 0, count: size.width * size.height)
        for (index, lane) in lanes.enumerated() where !lane.isEmpty {
            let rows = index * size.height / lanes.count..<(index + 1) * size.height / lanes.count
            let reaches = LaneReaches(lane, width: size.width, style: style, peak: peak)
            reaches.draw(into: &pixels, rows: rows)
        }
        let palette = (0...255).map { style.foreground.over(style.background, coverage: Float($0) / 255) }
        return Picture(size: size, palette: palette, pixels: pixels)
    }
}

/// How far each column of a lane reaches up and down from the middle, −1…1.
private struct LaneReaches {
    private var outerTop: [Float] = []
    private var outerBottom: [Float] = []
    private var inner: [Float] = []
    private let width: Int
    private let isDouble: Bool

    init(_ lane: [Waveform.Column], width: Int, style: WaveformStyle, peak: Float) {
        self.width = width
        isDouble = style.shape == .peaks
        // Silence has no peak to be measured by.
        let share = peak > 0 ? 1 / peak : 0
        for pixel in 0..<width {
            let column = lane[pixel * lane.count / width]
            let level = style.reach(column.rms * share)
            inner.append(level)
            outerTop.append(isDouble ? style.reach(column.max * share) : level)
            outerBottom.append(isDouble ? style.reach(column.min * share) : -level)
        }
    }

    /// Row by row, because that is how the pixels lie.
    func draw(into pixels: inout [UInt8], rows: Range<Int>) {
        let half = Float(rows.count) / 2
        let middle = Float(rows.lowerBound) + half
        for row in rows {
            let (top, bottom) = (Float(row), Float(row + 1))
            for column in 0..<width {
                // At least half a pixel each way: silence is a line.
                let outer = covered(
                    middle - Swift.max(outerTop[column] * half, 0.5),
                    middle - Swift.min(outerBottom[column] * half, -0.5), top, bottom)
                let reach = Swift.max(inner[column] * half, 0.5)
                let core = isDouble ? covered(middle - reach, middle + reach, top, bottom) : outer
                pixels[row * width + column] = UInt8((outer + core) * 127.5 + 0.5)
            }
        }
    }

    /// How much of a row lies between two edges, 0…1.
    private func covered(_ upper: Float, _ lower: Float, _ top: Float, _ bottom: Float) -> Float {
        Swift.max(0, Swift.min(lower, bottom) - Swift.max(upper, top))
    }
}
