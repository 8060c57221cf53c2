extension SimilarityVector {
    init(_ features: AudioFeatures, _ picture: SoundPicture, _ amplitude: AmplitudeEnvelope) {
        let spectrum = SpectralSketch(picture)
        let texture = [Float(features.timbre.harmonicRatio ?? 0), spectrum.peakedness, spectrum.flux]
        self.init(
            measured: spectrum.segments + spectrum.overall + spectrum.spread
                + EnvelopeSketch(amplitude, picture: picture).values + texture
                + PitchSketch(features.tonality, chroma: features.timbre.chroma).values
                + RhythmSketch(picture, onsets: features.rhythm.onsets.count).values)
    }
}
