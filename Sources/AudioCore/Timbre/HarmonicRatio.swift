import Foundation

/// The share of a stream's energy that is harmonic: H / (H + P), 0…1.
///
/// What goes on in time is harmonic, what spreads over frequency is percussive: of the log-mel
/// spectrum, every second frame, the median over 17 such frames (0.38 s at 44.1 kHz) estimates the
/// harmonic part and the median over 17 bands the percussive one; soft masks of power 2 split the band
/// energies. Both windows are mirrored at the edges. 1 for a held tone, 0 for a click, about ½ for noise.
///
/// On 128 mel bands instead of 1,025 bins it costs a hundredth of what librosa's `hpss` does: the
/// values go the same way but are not librosa's.
///
/// Source: D. FitzGerald, "Harmonic/percussive separation using median filtering", DAFx-10, 2010.
struct HarmonicRatioMeter: ~Copyable {
    private static let window = 17
    private static let reach = window / 2
    /// Frames of the median over bands that are worked on at once, one a lane.
    private static let batch = 8
    /// Rows kept: the window and what it still needs at the end.
    private static let kept = 32

    private(set) var harmonic = 0.0
    private(set) var percussive = 0.0

    private let bands = MelSpectrum.bands
    private var frames = 0
    /// Rows taken so far: every second frame.
    private var rows = 0
    private var centre = 0
    private let history = AlignedLevels(count: kept * MelSpectrum.bands)
    private let overTime: SortedWindow
    private var split: HarmonicSplit

    /// - Parameter edges: of the mel bands, Hz: bands are weighted by their width, so that energies add up.
    init(edges: [Double]) {
        overTime = SortedWindow(length: Self.window, columns: MelSpectrum.bands)
        split = HarmonicSplit(window: Self.window, edges: edges)
    }

    /// H / (H + P); `nil` without energy.
    var ratio: Double? {
        let sum = harmonic + percussive
        return sum > 0 ? harmonic / sum : nil
    }

    /// - Parameter levels: log-mel values, one a band.
    mutating func push(_ levels: UnsafePointer<Int16>) {
        defer { frames += 1 }
        guard frames % 2 == 0 else { return }
        row(rows).update(from: levels, count: bands)
        rows += 1
        if rows == Self.reach + 1 { start() } else if rows > Self.reach + 1 { advance() }
    }

    /// Call once at the end of the stream.
    mutating func finish() {
        guard rows > 0 else { return }
        if rows <= Self.reach { start() }
        while centre + 1 < rows { advance() }
        split.finish(&harmonic, &percussive)
    }

    private func row(_ index: Int) -> UnsafeMutablePointer<Int16> { history.base + index % Self.kept * bands }

    /// The window around the first row, mirrored before the start (and, in a short stream, at the end).
    private mutating func start() {
        for index in -Self.reach...Self.reach { overTime.insert(mirrored(index)) }
        emit()
    }

    private mutating func advance() {
        overTime.replace(mirrored(centre - Self.reach), with: mirrored(centre + Self.reach + 1))
        centre += 1
        emit()
    }

    /// Row `index` of …, 1, 0, 0, 1, 2, …, n − 1, n − 1, n − 2, ….
    private func mirrored(_ index: Int) -> UnsafePointer<Int16> {
        let turn = ((index % (2 * rows)) + 2 * rows) % (2 * rows)
        return UnsafePointer(row(turn < rows ? turn : 2 * rows - 1 - turn))
    }

    private mutating func emit() {
        split.push(row(centre), overTime: overTime.medians, &harmonic, &percussive)
    }
}

/// Splits frames, eight at a time: lanes are frames, so that the window slides over bands.
private struct HarmonicSplit: ~Copyable {
    private let bands = MelSpectrum.bands
    private let overBands: SortedWindow
    /// Eight frames band by band, and their medians over time.
    private let levels = AlignedLevels(count: MelSpectrum.bands * lanes)
    private let harmonics = AlignedLevels(count: MelSpectrum.bands * lanes)
    private let widths: [Float]
    private let reach: Int
    private var filled = 0

    private static let lanes = 8

    init(window: Int, edges: [Double]) {
        reach = window / 2
        overBands = SortedWindow(length: window, columns: Self.lanes)
        widths = (0..<MelSpectrum.bands).map { Float((edges[$0 + 2] - edges[$0]) / 2) }
    }

    mutating func push(
        _ frame: UnsafePointer<Int16>, overTime: UnsafePointer<Int16>, _ harmonic: inout Double,
        _ percussive: inout Double
    ) {
        for band in 0..<bands {
            levels.base[band * Self.lanes + filled] = frame[band]
            harmonics.base[band * Self.lanes + filled] = overTime[band]
        }
        filled += 1
        if filled == Self.lanes { finish(&harmonic, &percussive) }
    }

    /// Splits the frames that are there.
    mutating func finish(_ harmonic: inout Double, _ percussive: inout Double) {
        guard filled > 0 else { return }
        let isFilled = Lanes(0, 1, 2, 3, 4, 5, 6, 7) .< Float(filled)
        var (held, struck) = (Lanes(repeating: 0), Lanes(repeating: 0))
        overBands.removeAll()
        for band in -reach...reach { overBands.insert(mirrored(band)) }
        for band in 0..<bands {
            let energy = Self.power(levels.base.steps(band * Self.lanes)) * widths[band]
            let difference = overBands.medians.steps(0) - harmonics.base.steps(band * Self.lanes)
            // H² / (H² + P²) of magnitudes, with the medians as powers.
            let mask = 1 / (1 + Self.power(difference))
            held += energy * mask * mask
            struck += energy * (1 - mask) * (1 - mask)
            if band + 1 < bands { overBands.replace(mirrored(band - reach), with: mirrored(band + reach + 1)) }
        }
        harmonic += Double(held.replacing(with: 0, where: .!isFilled).sum())
        percussive += Double(struck.replacing(with: 0, where: .!isFilled).sum())
        filled = 0
    }

    private func mirrored(_ band: Int) -> UnsafePointer<Int16> {
        let inside = band < 0 ? -1 - band : band < bands ? band : 2 * bands - 1 - band
        return UnsafePointer(levels.base + inside * Self.lanes)
    }

    /// Power of a level in steps of 1/128 dB.
    private static func power(_ steps: Lanes) -> Lanes {
        (steps * (0.332_192_81 / AlignedLevels.resolution)).exponential2
    }
}
