"""librosa: the features AudioCore has too, and its tempo, key and MFCC."""

import librosa
import numpy as np

import worker

PITCHES = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
# Semitones above the tonic; D. Temperley, "Music and Probability", 2007, from the Kostka-Payne corpus.
TEMPERLEY = {
    "major": [0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400],
    "minor": [0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330],
}


def features(file: str) -> list[float]:
    """Mean and deviation of everything AudioCore has and librosa has too: all but loudness.

    Spectrum and mel bands are computed once and handed on, as one who cares for speed would. The harmonic ratio is
    taken on the mel bands, as AudioCore defines it: on the whole spectrum it costs more than all the rest.
    """
    samples, rate = librosa.load(file, sr=None, mono=True)
    magnitude = np.abs(librosa.stft(samples))
    mel = librosa.feature.melspectrogram(S=magnitude**2, sr=rate)
    decibels = librosa.power_to_db(mel)
    harmonic, percussive = librosa.decompose.hpss(mel)
    onsets = librosa.onset.onset_strength(S=decibels, sr=rate)
    tempo, beats = librosa.beat.beat_track(onset_envelope=onsets, sr=rate)
    series = [
        librosa.feature.spectral_centroid(S=magnitude, sr=rate),
        librosa.feature.spectral_bandwidth(S=magnitude, sr=rate),
        librosa.feature.spectral_rolloff(S=magnitude, sr=rate),
        librosa.feature.spectral_flatness(S=magnitude),
        librosa.feature.spectral_contrast(S=magnitude, sr=rate),
        librosa.feature.zero_crossing_rate(samples),
        librosa.feature.rms(y=samples),
        librosa.feature.mfcc(S=decibels, n_mfcc=20),
        librosa.feature.chroma_stft(S=magnitude**2, sr=rate),
        harmonic.sum() / max(1e-9, harmonic.sum() + percussive.sum()),
        onsets,
        librosa.onset.onset_detect(onset_envelope=onsets, sr=rate),
        tempo,
        beats,
    ]
    return [float(f(values)) for values in series if np.size(values) for f in (np.mean, np.std)]


def tempo(file: str) -> worker.Answers:
    samples, rate = librosa.load(file)
    return worker.tempi(samples, rate, {
        "librosa beat_track": lambda x: float(np.atleast_1d(librosa.beat.beat_track(y=x, sr=rate)[0])[0])})


def key(file: str) -> worker.Answers:
    """The best correlation of the mean chroma with the rotated profiles."""
    samples, rate = librosa.load(file)
    chroma = librosa.feature.chroma_cqt(y=samples, sr=rate).mean(axis=1)
    scores = {
        f"{PITCHES[tonic]} {scale}": np.corrcoef(np.roll(profile, tonic), chroma)[0, 1]
        for tonic in range(12) for scale, profile in TEMPERLEY.items()
    }
    return {"librosa CQT + Temperley": max(scores, key=lambda name: scores[name])}


def mfcc(file: str) -> worker.Answers:
    samples, rate = librosa.load(file)
    values = librosa.feature.mfcc(y=samples, sr=rate, n_mfcc=13)
    return {f"mfcc {i}": float(value) for i, value in enumerate([*values.mean(axis=1), *values.std(axis=1)])}


if __name__ == "__main__":
    worker.main(features, tempo=tempo, key=key, mfcc=mfcc)
