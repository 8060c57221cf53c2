import CKernels

/// The share of a stream's energy that is harmonic: H / (H + P), 0…1.
///
/// What goes on in time is harmonic, what spreads over frequency is percussive: of the log-mel
/// spectrum, every second frame, the median over 17 such frames (0.37 s at 44.1 kHz) estimates the
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

/// Splits frames, sixteen at a time: lanes are frames, so that the window slides over bands.
private struct HarmonicSplit: ~Copyable {
    private let bands = MelSpectrum.bands
    private let overBands: SortedWindow
    /// Sixteen frames band by band, and their medians over time.
    private let levels = AlignedLevels(count: MelSpectrum.bands * lanes)
    private let harmonics = AlignedLevels(count: MelSpectrum.bands * lanes)
    private let medians = AlignedLevels(count: MelSpectrum.bands * lanes)
    private let held = AlignedBuffer(count: lanes)
    private let struck = AlignedBuffer(count: lanes)
    private let widths: [Float]
    private let reach: Int
    private var filled = 0

    private static let lanes = 16

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
        overBands.removeAll()
        for band in -reach...reach { overBands.insert(mirrored(band)) }
        for band in 0..<bands {
            (medians.base + band * Self.lanes).update(from: overBands.medians, count: Self.lanes)
            if band + 1 < bands { overBands.replace(mirrored(band - reach), with: mirrored(band + reach + 1)) }
        }
        ck_harmonic_split(levels.base, harmonics.base, medians.base, widths, bands, held.base, struck.base)
        for lane in 0..<filled {
            harmonic += Double(held.base[lane])
            percussive += Double(struck.base[lane])
        }
        filled = 0
    }

    private func mirrored(_ band: Int) -> UnsafePointer<Int16> {
        let inside = band < 0 ? -1 - band : band < bands ? band : 2 * bands - 1 - band
        return UnsafePointer(levels.base + inside * Self.lanes)
    }
}
