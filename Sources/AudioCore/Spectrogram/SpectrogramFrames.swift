import Foundation

/// Where the frames of a spectrogram stand, and which bucket each belongs to.
struct SpectrogramFrames: Equatable {
    /// Samples of a frame: the power of two nearest to 46 ms.
    let length: Int
    /// Samples from the middle of one frame to the next.
    let hop: Int
    /// Buckets at most.
    let buckets: Int
    private let known: Int?

    init(columns: Int, sampleRate: Int, of known: Int?) {
        length = 1 << (11 + Int(log2(Double(sampleRate) / 44_100).rounded()))
        self.known = known.map { max(1, $0) }
        guard let known = self.known else {
            (buckets, hop) = (2 * columns, length / 16)
            return
        }
        buckets = min(columns, known)
        let width = known / buckets
        // As many frames a column as overlap by half, evenly.
        hop = width / max(1, (width + length / 2 - 1) / (length / 2))
    }

    /// Frames of an unknown length that may be passed over at most so that the others overlap by half.
    var widestStep: Int { known == nil ? length / 2 / hop : 1 }

    /// - Parameters:
    ///   - frame: by number.
    ///   - length: frames a bucket, where the length of the sound is unknown.
    func bucket(of frame: Int, length: Int) -> Int {
        known.map { min(buckets - 1, frame * hop * buckets / $0) } ?? frame / length
    }
}
