/// What the roles are told from: a handful of numbers about how a sound begins, dies and is coloured.
///
/// None depends on the gain, nor on silence before or after.
struct SoundShape: Equatable, Sendable {
    let level: LevelCurve
    let bands: BandProfile
    let periodicity: PeriodicityTrack
    /// As ``Timbre/harmonicRatio``.
    let harmonicRatio: Double

    /// - Returns: `nil` where nothing sounds: silence, and a constant.
    init?(amplitude: AmplitudeEnvelope, bark: BarkEnvelope, excerpt: SoundExcerpt, harmonicRatio: Double?) {
        guard !excerpt.isConstant, let level = LevelCurve(amplitude),
            let bands = BandProfile(bark, start: level.start, length: level.length)
        else { return nil }
        (self.level, self.bands, self.harmonicRatio) = (level, bands, harmonicRatio ?? 0)
        periodicity = PeriodicityTrack(excerpt, start: level.start, length: level.length)
    }
}
