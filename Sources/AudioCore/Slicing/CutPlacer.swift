/// Moves cuts to where they do no harm, while a recording passes by.
///
/// A cut at an attack goes to the last zero crossing before it; any other cut to the zero crossing nearest to it, of the
/// mean of the channels, each within the snap of the options. Where there is no crossing, to the smallest sample.
/// Independent of how samples are portioned. Memory: a tenth of a second and the largest portion, mono.
public final class CutPlacer {
    private let channels: Int
    private let snap: Int
    private let margin: Int
    private let cuts: [Cut]
    private var finder: AttackFinder
    private var placed: [PlacedCut] = []
    /// The mean of the channels: its first sample is sample `origin` of the recording, before which was silence.
    private var mono: [Float]
    private var origin: Int
    private var frames = 0

    /// - Parameters:
    ///   - cuts: in any order; those that turn out to lie behind the end are left out.
    ///   - sampleRate: frames per second, 8,000…384,000.
    ///   - channels: samples per frame, at least 1.
    ///   - options: how far a cut may move.
    /// - Throws: ``SlicingError/outOfRange(_:allowed:)``.
    public init(
        cuts: [Cut], sampleRate: Int, channels: Int, options: SliceOptions = .init()
    ) throws(SlicingError) {
        try options.check()
        precondition(
            DecodeLimits().sampleRates.contains(sampleRate) && channels > 0,
            "a stream has channels and a rate that is analysed, 8,000…384,000")
        // Far outside is no place either, and sums stay small.
        self.cuts = cuts.map { Cut(frame: min(max($0.frame, 0), 1 << 50), kind: $0.kind) }
            .sorted { $0.frame < $1.frame }
        self.channels = channels
        snap = Int(options.snap * Double(sampleRate))
        margin = AttackFinder.margin(sampleRate: sampleRate) + snap
        finder = AttackFinder(sampleRate: sampleRate)
        mono = Array(repeating: 0, count: margin)
        origin = -margin
        mono.reserveCapacity(4 * margin)
    }

    /// Takes the next samples, interleaved, finite.
    ///
    /// - Parameter interleaved: a whole number of frames, any number.
    public func push(_ interleaved: UnsafeBufferPointer<Float>) {
        precondition(interleaved.count % channels == 0, "a portion holds a whole number of frames")
        let count = interleaved.count / channels
        let share = 1 / Float(channels)
        for frame in 0..<count {
            var sum: Float = 0
            for channel in 0..<channels { sum += interleaved[frame * channels + channel] }
            mono.append(sum * share)
        }
        frames += count
        place()
        forget()
    }

    /// Ends the recording; push nothing after it.
    ///
    /// - Returns: ascending but for cuts that changed places by moving, as many as the cuts within the recording, each at most 25 ms and the snap away from its cut. Two of
    ///   them may have met.
    public func finish() -> [PlacedCut] {
        // What follows is silence.
        mono += Array(repeating: 0, count: margin + 1)
        let end = frames
        frames += margin + 1
        place()
        return placed.filter { $0.frame < end }
    }

    private func place() {
        while placed.count < cuts.count, cuts[placed.count].frame + margin < frames {
            placed.append(place(cuts[placed.count]))
        }
    }

    private func place(_ cut: Cut) -> PlacedCut {
        guard cut.frame > 0 else { return PlacedCut(frame: 0) }
        return mono.withUnsafeBufferPointer { mono in
            let first = cut.frame - margin - origin
            let sound = UnsafeBufferPointer(rebasing: mono[first...(first + 2 * margin)])
            let start = cut.frame - margin
            switch cut.kind {
            case .grid:
                let point = ZeroPoint.nearest(to: margin, in: sound, range: (margin - snap)...(margin + snap))
                return PlacedCut(frame: max(0, start + point))
            case .attack:
                let attack = finder.attack(in: sound, near: margin)
                let point = ZeroPoint.nearest(to: attack, in: sound, range: max(0, attack - snap)...attack)
                return PlacedCut(frame: max(0, start + point), attack: max(0, start + attack))
            }
        }
    }

    /// Drops what no cut needs any more, now and then.
    private func forget() {
        let needed = min(frames, placed.count < cuts.count ? cuts[placed.count].frame : frames) - margin
        let old = min(needed - origin, mono.count)
        guard old > mono.count / 2 else { return }
        mono.removeFirst(old)
        origin += old
    }
}
