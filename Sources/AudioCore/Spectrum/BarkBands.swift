import CKernels

/// Sums a power spectrum into the critical bands of hearing: the same bands in Hz at every sample rate.
///
/// A bin counts in a band by the part of its width that lies inside. Bands above half the sample rate are empty.
///
/// Source: E. Zwicker, "Subdivision of the audible frequency range into critical bands", JASA 33, 1961; the two
/// lowest bands are halved, and two added above 15.5 kHz.
struct BarkBands: ~Copyable {
    /// Hz; band i reaches from edge i to edge i + 1.
    static let edges: [Double] = [
        0, 50, 100, 150, 200, 300, 400, 510, 630, 770, 920, 1_080, 1_270, 1_480, 1_720, 2_000, 2_320, 2_700, 3_150,
        3_700, 4_400, 5_300, 6_400, 7_700, 9_500, 12_000, 15_500, 20_500,
    ]
    static let count = edges.count - 1

    private let spans: [ck_span]
    private let weights: AlignedBuffer

    /// - Parameter frameLength: of the transform, whose frames have a periodic Hann window.
    init(sampleRate: Double, frameLength: Int) {
        let width = sampleRate / Double(frameLength)
        let bins = frameLength / 2 + 1
        // Parseval's theorem: a band's weighted sum is the mean square of what sounds in it. Σ window² = 3/8 length.
        let scale = 2 / (0.375 * Double(frameLength) * Double(frameLength))
        var (spans, weights): ([ck_span], [Float]) = ([], [])
        for (low, high) in zip(Self.edges, Self.edges.dropFirst()) {
            let first = min(bins - 1, Int(low / width + 0.5))
            let end = max(first, min(bins, Int((high / width + 0.5).rounded(.up))))
            let row = (first..<end).map { bin in
                let (left, right) = (max(0, Double(bin) - 0.5), min(Double(bins - 1), Double(bin) + 0.5))
                return Float(scale * max(0, min(right, high / width) - max(left, low / width)))
            }
            let length = max(8, (row.count + 7) / 8 * 8)
            spans.append(ck_span(first: UInt32(first), offset: UInt32(weights.count), length: UInt32(length)))
            weights += row + Array(repeating: 0, count: length - row.count)
        }
        self.spans = spans
        self.weights = AlignedBuffer(weights)
    }

    /// - Parameters:
    ///   - power: |X|² of every bin, with 8 zeros after the last.
    ///   - target: room for one value a band, in whole vectors.
    func apply(to power: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>) {
        ck_band_sums(power, spans, Self.count, weights.base, target)
    }
}
