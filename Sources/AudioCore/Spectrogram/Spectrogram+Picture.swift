import CKernels

extension Spectrogram {
    /// Draws the spectrogram: time to the right, low bands at the bottom.
    ///
    /// - Parameters:
    ///   - range: dB from the darkest colour to the loudest band of the sound, 10…100.
    ///   - colors: quiet to loud.
    public func picture(range: Float = 80, colors: ColorMap = .magma) -> Picture {
        let range = min(max(range, 10), 100)
        let peak = power.max() ?? 0
        var pixels = [UInt8](repeating: 0, count: power.count)
        // Silence has no loudest band to be measured by: all of it is dark.
        if peak >= .leastNormalMagnitude {
            let bands = (size.height + 7) / 8 * 8
            let shares = AlignedBuffer(count: bands)
            let levels = AlignedLevels(count: bands)
            for column in 0..<size.width {
                for band in 0..<size.height { shares.base[band] = power[column * size.height + band] / peak }
                _ = ck_decibels(shares.base, levels.base, bands, 0)
                draw(shares.base, range: range, column: column, into: &pixels)
            }
        }
        return Picture(size: size, palette: colors.palette, pixels: pixels)
    }

    /// - Parameter decibels: of each band, 0 for the loudest.
    private func draw(_ decibels: UnsafePointer<Float>, range: Float, column: Int, into pixels: inout [UInt8]) {
        for band in 0..<size.height {
            let level = min(1, max(0, 1 + decibels[band] / range))
            pixels[(size.height - 1 - band) * size.width + column] = UInt8(255 * level + 0.5)
        }
    }
}
