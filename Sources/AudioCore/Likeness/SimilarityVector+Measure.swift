extension SimilarityVector {
    /// The measured values before they are made comparable, `[length]`; `nil` for silence.
    static func measured(
        _ features: AudioFeatures, bark: BarkEnvelope, amplitude: AmplitudeEnvelope
    ) -> [Float]? {
        guard let picture = SoundPicture(bark: bark, amplitude: amplitude) else { return nil }
        let spectrum = SpectralSketch(picture)
        let texture = [Float(features.timbre.harmonicRatio ?? 0), spectrum.peakedness, spectrum.flux]
        return spectrum.segments + spectrum.overall + spectrum.spread
            + EnvelopeSketch(amplitude, picture: picture).values + texture
            + PitchSketch(features.tonality, chroma: features.timbre.chroma).values
            + RhythmSketch(picture, onsets: features.rhythm.onsets.count).values
    }
}
