/// The fitted numbers of the key estimator.
///
/// Twelve weights a row, semitones 0…11 above the tonic, in the order of `KeyBlocks.all`. Fitted on
/// real chord one-shots, chorales, rendered progressions and synthetic held chords; never on the
/// material that the figures of `KeyEstimator` were measured on.
enum KeyModel {
    static let major: [Double] = [
        1.95, -1.54, -0.12, -1.88, -0.32, -0.67, -0.41, 0.91, -0.44, -1.25, -1.13, 0.69,  // chroma
        3.76, -1.23, -0.71, -2.35, 2.78, -0.58, -1.13, 1.53, -0.74, -0.55, -1.15, -1.14,  // bass
        2, -1.13, 0.82, -1.19, 0.89, 0.96, -1.75, 1.29, -1.46, 0.53, -0.19, 0.04,  // lowest notes
        1.37, -0.32, -1.21, -0.88, 0.03, 0.88, -0.8, 1.66, -0.71, 1.05, -0.69, -0.02,  // chords, major
        -1.37, -0.67, 1.61, -0.48, 0.53, -0.45, -0.61, 0.25, 0.03, 0.95, -0.65, 0.57,  // chords, minor
        3.98, -0.41, 0.95, -0.49, -0.33, 0.1, -0.23, 0.07, -0.11, -0.57, -0.75, 0.55,  // first eighth, major
        -0.09, -0.82, 0.93, -0.24, 1.45, -0.8, -0.2, 0, 0.66, 0.17, -0.72, 0.93,  // first eighth, minor
        0.36, -0.01, 0.08, -0.2, 0.12, 0.64, -0.27, 0.6, -0.83, 0.08, 0.51, -0.05,  // last eighth, major
        1.24, 0.07, 0.72, -0.06, 1.23, 0.26, 0.01, -0.06, -0.24, 0.14, -0.34, -0.11,  // last eighth, minor
    ]

    static let minor: [Double] = [
        1.57, -1.14, 1.52, 0.85, -1.36, 0.18, -0.55, 1.82, 0.7, -0.37, 1.14, -0.14,  // chroma
        4.05, -2.37, 0.73, 1.09, -0.47, -0.39, -1.76, 1.39, 0.88, -1.95, -0.29, 0.61,  // bass
        2.07, -3, 0.39, 1.45, -1.5, 0.81, -0.72, 0.91, 0.74, -1.67, -0.95, 0.67,  // lowest notes
        -0.86, -1.44, -0.45, 1.4, -0.74, 0.39, -0.83, 1.29, 0.97, -0.62, 0.73, -0.22,  // chords, major
        2.28, -0.62, 0.02, 0.45, -0.95, 0.72, -0.53, -0.63, 0.71, -0.58, -0.48, -0.1,  // chords, minor
        0.77, -0.5, 0.98, -0.64, -0.25, -0.84, -0.47, -0.6, -0.76, -0.03, 0.19, -0.62,  // first eighth, major
        2.5, -0.03, 0.03, -0.36, -0.56, -0.96, -0.22, -0.08, 0.07, -0.19, -0.83, -0.63,  // first eighth, minor
        0.08, -0.54, 0.45, 0.09, -0.87, 0.4, -0.51, 0.07, -0.4, 0.01, -0.12, 0.31,  // last eighth, major
        -0.07, -0.65, 0.24, -0.77, -0.85, 0.13, -0.33, 0.15, -0.12, -0.79, 0, 0.2,  // last eighth, minor
    ]

    static let majorBias = 0.1
    /// Evidence that a piece has a key at all, in the order of ``KeyEvidence``. Fitted on one half of rendered
    /// music and chords against percussion of sample packages, noise, glides, bells, single notes, fifths and
    /// symmetric chords, each group with the square root of its size, what has one pitch left out. On the
    /// other half a key is named for 99 % of the music, 96 % of the chords and 1.5 % of the percussion.
    static let tonal = (
        strictness: 2.026, triad: 7.001, singlePitch: -5.604, foreign: -2.414, fifth: 3.219, bias: -4.463
    )
    /// Less likely to have a key: none is named.
    static let leastTonal = 0.4
    /// From scores to probabilities: a softmax with this factor. Fitted on the same half; the other would
    /// have had 1.19.
    static let sharpness = 1.2
}
