"""What the three peers have in common: they work through files and print JSON.

    python peer_NAME.py features RUNS FILE…   works through all files RUNS times; prints the seconds of each run
    python peer_NAME.py tempo FILE…           prints one object a file: the tempo by each of the peer's estimators
    python peer_NAME.py key FILE…             the same with keys, as "C# minor"
    python peer_librosa.py mfcc FILE…         the same with mean and deviation of 13 coefficients
"""

import json
import sys
import time
from collections.abc import Callable

import numpy as np

Answers = dict[str, float | str | None]
"""What each estimator of a peer says about one file; None where it says nothing."""

Estimator = Callable[[np.ndarray], float | None]

SHORTEST = 20.0
"""Seconds that short files are repeated to: what searches a signal for its period gains by it."""


def main(features: Callable[[str], object], **questions: Callable[[str], Answers]) -> None:
    task, *arguments = sys.argv[1:]
    if task == "features":
        print(json.dumps(time_features(features, int(arguments[0]), arguments[1:])))
        return
    for file in arguments:
        print(json.dumps({"file": file, "answers": questions[task](file)}), flush=True)


def time_features(features: Callable[[str], object], runs: int, files: list[str]) -> dict[str, object]:
    """A file that a peer refuses (some want more than a few frames) is counted and passed over."""
    seconds: list[float] = []
    failed = 0
    for _ in range(runs):
        failed = 0
        began = time.perf_counter()
        for file in files:
            try:
                features(file)
            except Exception as problem:
                failed += 1
                print(f"{file}: {problem}", file=sys.stderr)
        seconds.append(time.perf_counter() - began)
    return {"seconds": seconds, "failed": failed}


def tempi(samples: np.ndarray, rate: int, estimators: dict[str, Estimator]) -> Answers:
    """Asks for the tempo of the file as it is, and of the file repeated."""
    times = max(1, int(np.ceil(SHORTEST * rate / max(1, samples.size))))
    repeated = np.tile(samples, times)
    answers: Answers = {}
    for name, estimate in estimators.items():
        answers[name] = estimate(samples) or None
        answers[f"{name}; repeated"] = estimate(repeated) or None
    return answers
