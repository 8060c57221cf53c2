import Foundation

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
        if peak > 0 {
            for column in 0..<size.width { draw(column, peak: peak, range: range, into: &pixels) }
        }
        return Picture(size: size, palette: colors.palette, pixels: pixels)
    }

    private func draw(_ column: Int, peak: Float, range: Float, into pixels: inout [UInt8]) {
        for band in 0..<size.height {
            let decibels = 10 * log10(max(power[column * size.height + band] / peak, 1e-10))
            let level = max(0, 1 + decibels / range)
            pixels[(size.height - 1 - band) * size.width + column] = UInt8(min(255, 255 * level + 0.5))
        }
    }
}
