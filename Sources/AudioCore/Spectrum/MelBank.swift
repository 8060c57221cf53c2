import CKernels
import Foundation

/// Sums a power spectrum into bands that are evenly spaced for the ear.
///
/// `bands + 2` edges lie evenly on the Slaney scale from 0 Hz to the Nyquist frequency (3f/200 below
/// 1 kHz, 15 + 27·ln(f/1000)/ln 6.4 above). Band i is a triangle from edge i over edge i + 1 to
/// edge i + 2, times 2/(edge[i+2] − edge[i]), so that white noise fills all bands alike.
///
/// Source: M. Slaney, "Auditory Toolbox", Interval Research 1998-010; librosa `filters.mel`.
struct MelBank: ~Copyable {
    let bands: Int
    /// Hz, `bands + 2` of them; band i is centred on edge i + 1.
    let edges: [Double]
    private let spans: [ck_span]
    private let weights: AlignedBuffer

    /// - Parameter isSmooth: a triangle reaches at least one bin to either side, so that bands narrower than a bin
    ///   lie on a line between two of them instead of being empty; for pictures.
    init(bands: Int = 128, sampleRate: Double, frameLength: Int, isSmooth: Bool = false) {
        let top = Self.mel(sampleRate / 2)
        let edges = (0..<bands + 2).map { Self.hertz(top * Double($0) / Double(bands + 1)) }
        let bins = frameLength / 2 + 1
        var spans: [ck_span] = []
        var weights: [Float] = []
        for band in 0..<bands {
            let centre = edges[band + 1]
            let least = isSmooth ? sampleRate / Double(frameLength) : 0
            let (low, high) = (min(edges[band], centre - least), max(edges[band + 2], centre + least))
            let first = min(bins - 1, Int(low * Double(frameLength) / sampleRate) + 1)
            let last = min(bins - 1, max(first, Int((high * Double(frameLength) / sampleRate).rounded(.up)) - 1))
            let row = (first...last).map { bin in
                let frequency = Double(bin) * sampleRate / Double(frameLength)
                let slope = min((frequency - low) / (centre - low), (high - frequency) / (high - centre))
                return Float(max(0, slope) * 2 / (high - low))
            }
            // Whole vectors: the weights beyond the triangle are zero, the spectrum has room at its end.
            let length = (last - first + 8) / 8 * 8
            spans.append(ck_span(first: UInt32(first), offset: UInt32(weights.count), length: UInt32(length)))
            weights += row + Array(repeating: 0, count: length - (last - first + 1))
        }
        (self.bands, self.edges, self.spans) = (bands, edges, spans)
        self.weights = AlignedBuffer(weights)
    }

    /// - Parameters:
    ///   - power: |X|² of every bin, with 8 zeros after the last.
    ///   - target: room for one value a band, in whole vectors.
    func apply(to power: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>) {
        ck_band_sums(power, spans, bands, weights.base, target)
    }

    private static func mel(_ frequency: Double) -> Double {
        frequency < 1000 ? 3 * frequency / 200 : 15 + 27 * log(frequency / 1000) / log(6.4)
    }

    private static func hertz(_ mel: Double) -> Double {
        mel < 15 ? 200 * mel / 3 : 1000 * exp((mel - 15) * log(6.4) / 27)
    }
}
