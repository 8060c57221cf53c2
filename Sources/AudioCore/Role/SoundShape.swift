/// What the roles are told from: a handful of numbers about how a sound begins, dies and is coloured.
///
/// None depends on the gain, nor on silence before or after.
struct SoundShape: Equatable, Sendable {
    let level: LevelCurve
    let bands: BandProfile
    let periodicity: PeriodicityTrack
    /// 0 for tones, about ½ for noise. See ``Noisiness``.
    let noisiness: Double
    /// As ``Timbre/harmonicRatio``.
    let harmonicRatio: Double
    /// How sure it is that it has a key, 0…1: chords have one, single notes and hits do not.
    let keyConfidence: Double

    /// - Parameter features: whose timbre and tonality are known.
    /// - Returns: `nil` where nothing sounds: silence, and a constant.
    init?(amplitude: AmplitudeEnvelope, bark: BarkEnvelope, excerpt: SoundExcerpt, features: AudioFeatures) {
        guard !excerpt.isConstant, let level = LevelCurve(amplitude),
            let bands = BandProfile(bark, start: level.start, length: level.length)
        else { return nil }
        (self.level, self.bands) = (level, bands)
        harmonicRatio = features.timbre.harmonicRatio ?? 0
        keyConfidence = features.tonality.key?.confidence ?? 0
        periodicity = PeriodicityTrack(excerpt, start: level.start, length: level.length)
        noisiness = Noisiness.measure(excerpt, start: level.start, length: level.length)
    }
}
