"""aubio: tempo and onsets in one pass, which is all of our list that it has."""

from collections.abc import Iterator

import aubio
import numpy as np

import worker

WINDOW, HOP = 1024, 512


def features(file: str) -> tuple[list[float], list[float]]:
    """Times of the beats and of the onsets, s."""
    source = aubio.source(file, 0, HOP)
    beat = aubio.tempo("default", WINDOW, HOP, source.samplerate)
    onset = aubio.onset("default", WINDOW, HOP, source.samplerate)
    beats: list[float] = []
    onsets: list[float] = []
    for samples in _blocks(source):
        if beat(samples)[0]:
            beats.append(beat.get_last_s())
        if onset(samples)[0]:
            onsets.append(onset.get_last_s())
    return beats, onsets


def _blocks(source: aubio.source) -> Iterator[np.ndarray]:
    """Of `HOP` samples in mono, zeros after the end. The next block replaces the one before."""
    count = HOP
    while count == HOP:
        samples, count = source()
        yield samples


def tempo(file: str) -> worker.Answers:
    source = aubio.source(file, 0, HOP)
    samples = np.concatenate([block.copy() for block in _blocks(source)])
    return worker.tempi(samples, source.samplerate, {
        "aubio, median of beats": lambda samples: _median_of_beats(samples, source.samplerate)})


def _median_of_beats(samples: np.ndarray, rate: int) -> float | None:
    beat = aubio.tempo("default", WINDOW, HOP, rate)
    blocks = samples[: samples.size // HOP * HOP].reshape(-1, HOP)
    beats = [beat.get_last_s() for block in blocks if beat(block)[0]]
    intervals = np.diff(beats)
    return float(np.median(60 / intervals)) if intervals.size else None


if __name__ == "__main__":
    worker.main(features, tempo=tempo)
