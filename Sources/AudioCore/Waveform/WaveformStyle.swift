import Foundation

/// How a waveform is drawn.
public struct WaveformStyle: Equatable, Sendable {
    public enum Shape: String, CaseIterable, Sendable {
        /// The level of each column, mirrored at the middle.
        case rms
        /// From the lowest to the highest sample, half as strong, with the level inside.
        case peaks
    }

    /// What becomes of a value between silence (0) and the peak (1).
    public enum Scale: String, CaseIterable, Sendable {
        /// As high as it is.
        case linear
        /// log10(1 + 9x): quiet parts are seen beside loud ones.
        case logarithmic = "log"
    }

    public var shape: Shape
    public var scale: Scale
    /// Factor after the scale; what passes 1 is cut there. The level of music lies far below its peak.
    public var gain: Float
    /// Below this share of the peak there is only the middle line.
    public var epsilon: Float
    public var foreground: PixelColor
    public var background: PixelColor

    /// White on transparent.
    ///
    /// - Parameters:
    ///   - shape: what is drawn of each column.
    ///   - scale: `nil`: logarithmic for `rms`, linear for `peaks`.
    ///   - gain: 0 or more; `nil`: 2 for `rms`, 1 for `peaks`, which reach the edge by themselves.
    ///   - epsilon: levels below it, against the peak, are a line.
    ///   - foreground: of the wave.
    ///   - background: of the rest.
    public init(
        shape: Shape = .rms, scale: Scale? = nil, gain: Float? = nil, epsilon: Float = 0.001,
        foreground: PixelColor = .white, background: PixelColor = .clear
    ) {
        self.shape = shape
        self.scale = scale ?? (shape == .rms ? .logarithmic : .linear)
        self.gain = gain ?? (shape == .rms ? 2 : 1)
        (self.epsilon, self.foreground, self.background) = (epsilon, foreground, background)
    }

    /// How far a value reaches from the middle to the edge.
    ///
    /// - Parameter value: share of the peak, of either sign.
    /// - Returns: −1…1, with the sign of the value.
    func reach(_ value: Float) -> Float {
        guard value.magnitude >= epsilon else { return 0 }
        let scaled = scale == .linear ? value.magnitude : log10(1 + 9 * value.magnitude)
        let reach = gain * scaled
        return Float(signOf: value, magnitudeOf: reach.isFinite ? min(1, max(0, reach)) : 1)
    }
}
