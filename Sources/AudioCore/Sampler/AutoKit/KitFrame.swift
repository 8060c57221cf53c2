/// What the sounds of a kit have in common.
public struct KitFrame: Equatable, Sendable {
    /// Beats per minute.
    public let bpm: Double
    /// That the loops and notes go with; `nil` if nothing has a key.
    public let key: Key?

    /// - Parameters:
    ///   - bpm: given; `nil` for that of the sound in the middle, or the median of the loops.
    ///   - sounds: all that may be chosen.
    ///   - around: the sound in the middle.
    ///   - kept: sounds on pads that stay.
    init(bpm: Double?, sounds: [KitCandidate], around: KitCandidate?, kept: [KitCandidate]) {
        let loops = sounds.filter { $0.isLoop && $0.summary.duration >= 3 }
        let middle = around.flatMap { $0.isLoop ? $0.padTempo : nil }
        self.bpm = bpm ?? middle ?? KitTempo.median(of: loops.compactMap(\.summary.bpm))
        let tonal = sounds.filter { $0.role.map { [.bass, .melodic, .vocal].contains($0.role) } ?? false }
        let sources = [around.map { [$0] } ?? [], kept, loops, tonal]
        key = sources.lazy.compactMap(KitHarmony.key).first
    }
}
