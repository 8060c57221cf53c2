"""essentia: the whole of its MusicExtractor, and its tempo and key estimators."""

import essentia
import numpy as np

# Before the import of the algorithms, which talk while they load.
essentia.log.infoActive = False
essentia.log.warningActive = False

import essentia.standard as standard  # noqa: E402

import worker  # noqa: E402

RATE = 44_100
KEY_PROFILES = ["bgate", "edma", "temperley2005"]


def features(file: str) -> int:
    pool, _ = standard.MusicExtractor()(file)
    return len(pool.descriptorNames())


def tempo(file: str) -> worker.Answers:
    return worker.tempi(_samples(file), RATE, {
        "essentia RhythmExtractor2013, degara": lambda samples: _beats(samples, "degara"),
        "essentia RhythmExtractor2013, multifeature": lambda samples: _beats(samples, "multifeature"),
        "essentia Percival": lambda samples: float(standard.PercivalBpmEstimator()(samples)),
    })


def _samples(file: str) -> np.ndarray:
    return standard.MonoLoader(filename=file, sampleRate=RATE)()


def _beats(samples: np.ndarray, method: str) -> float:
    return float(standard.RhythmExtractor2013(method=method)(samples)[0])


def key(file: str) -> worker.Answers:
    samples = _samples(file)
    return {f"essentia {profile}": _key(samples, profile) for profile in KEY_PROFILES}


def _key(samples: np.ndarray, profile: str) -> str:
    tonic, scale, _ = standard.KeyExtractor(profileType=profile)(samples)
    return f"{tonic} {scale}"


if __name__ == "__main__":
    worker.main(features, tempo=tempo, key=key)
