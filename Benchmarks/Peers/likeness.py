"""Likeness: which changed copies are found again, how often different sounds are called copies, and what similar finds.

Weights and thresholds were set on half of the drum kits, lmms and sonic-pi; the other kits are called unseen.
"""

import itertools
import json
import math
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

from answers import ask_peers
from copies import Sound, all_sounds, make_copies, sample
from programs import WAXWING, run
from role_labels import HYDROGEN, Labelled, all_labels
from table import Section, Table, percent

SAME = 0.98
"""Correlation at the best offset from which on two files hold one recording, whatever waxwing says."""


def measure(_: int) -> Section:
    section = Section("likeness", "Likeness")
    if not HYDROGEN.exists() or not shutil.which("ffmpeg"):
        section.skipped = "install hydrogen-drumkits, lmms-common, sonic-pi-samples and ffmpeg."
        return section
    sounds = all_sounds()
    with tempfile.TemporaryDirectory(prefix="waxwing-peers-") as name:
        folder = Path(name)
        section.tables += [recall(sounds, folder), false_alarms(sounds, folder), retrieval(sounds, folder)]
    return section


def groups(files: list[Path], folder: Path) -> list[list[Path]]:
    """What `waxwing duplicates` says, with one cache for all questions."""
    command = [WAXWING, "duplicates", "--json", "--cache", str(folder / "cache")]
    # Ends with 1 where a copy cannot be read; that one is not found then.
    answer = subprocess.run([*command, *map(str, files)], check=False, capture_output=True, text=True)
    found = json.loads(answer.stdout)["groups"]
    return [[Path(member["file"]) for member in group["files"]] for group in found]


def recall(sounds: list[Sound], folder: Path) -> Table:
    """Each kind of change has a search of its own: copies cannot be found by way of other copies."""
    columns = {
        "one-shots, unseen": sample([x for x in sounds if x.is_unseen and not x.is_loop and x.rate <= 48_000], 80),
        # One kit of strums has as many files as all others, and MP3 and Opus change its rate.
        "the same at 96 kHz": sample([x for x in sounds if x.is_unseen and not x.is_loop and x.rate > 48_000], 25),
        "one-shots, set on": sample([x for x in sounds if not x.is_unseen and not x.is_loop], 40),
        "loops, set on": sample([x for x in sounds if not x.is_unseen and x.is_loop], 40)}
    table = Table(
        ["% of copies found again", *columns, "copies"],
        note=f"Found: in one group with its original, among all {len(sounds)} sounds and the other copies of its kind.")
    for change, copies in make_copies([*itertools.chain(*columns.values())], folder).items():
        together = groups([*(sound.file for sound in sounds), *copies], folder)
        group_of = {file: number for number, group in enumerate(together) for file in group}
        found = {
            copy: copy in group_of and group_of[copy] == group_of.get(sound.file) for copy, sound in copies.items()}
        cells = []
        for members in columns.values():
            answers = [found[copy] for copy, sound in copies.items() if sound in members]
            cells.append(percent(sum(answers), len(answers)))
        table.add(change, *cells, str(len(copies)))
    return table


def false_alarms(sounds: list[Sound], folder: Path) -> Table:
    table = Table(
        ["kits", "sounds", "pairs in one group", "the same recording", "false", "false, of a million", "between kits"],
        note=f"The same recording: correlation of the samples at the best offset at least {SAME}, measured without waxwing. "
        "All pairs of a group count, also those that hang together by a third file.")
    for name, members in {
        "unseen": [x for x in sounds if x.is_unseen], "set on": [x for x in sounds if not x.is_unseen],
    }.items():
        kits = {sound.file: sound.kit for sound in members}
        pairs = [pair for group in groups(list(kits), folder) for pair in itertools.combinations(group, 2)]
        false = [(a, b) for a, b in pairs if correlation(a, b) < SAME]
        million = len(kits) * (len(kits) - 1) / 2 / 1e6
        table.add(
            name, str(len(kits)), str(len(pairs)), str(len(pairs) - len(false)), str(len(false)),
            f"{len(false) / million:.0f}", str(sum(kits[a] != kits[b] for a, b in false)))
    return table


def correlation(a: Path, b: Path) -> float:
    """Of the mono mixes, at the offset where it is greatest; nothing of what rates differ in."""
    # They come with librosa; the rules are tested without.
    import numpy as np
    import soundfile

    (x, rate), (y, other) = (soundfile.read(file, always_2d=True) for file in (a, b))
    if rate != other:
        return 0
    x, y = x.mean(axis=1), y.mean(axis=1)
    size = len(x) + len(y)
    product = np.fft.irfft(np.fft.rfft(x, size) * np.conj(np.fft.rfft(y, size)), size)
    return float(np.abs(product).max() / max(1e-12, np.linalg.norm(x) * np.linalg.norm(y)))


def retrieval(sounds: list[Sound], folder: Path) -> Table:
    """Drums of one role from other kits among the five nearest."""
    known = {sound.file: sound for sound in sounds if sound.is_unseen}
    hits = [label for label in all_labels() if label.file in known and not known[label.file].is_loop]
    queries = [hit for hit in hits if any(x.role == hit.role and x.kit != hit.kit for x in hits)]
    queries = sample(queries, 120)
    roles = {hit.file: hit.role for hit in hits}
    vectors = {file: list(values.values()) for file, values in by_file(ask_peers("mfcc", ["librosa"], list(roles))).items()}
    spread = [statistics.pstdev(values) for values in zip(*vectors.values())]
    methods = {
        "waxwing similar": lambda query: nearest_waxwing(query, hits, folder),
        "librosa MFCC": lambda query: nearest(query, hits, vectors, [1] * len(spread)),
        "librosa MFCC, each over its deviation": lambda query: nearest(query, hits, vectors, spread)}
    table = Table(
        ["nearest five among hits of other unseen kits", "of the query's role, %"],
        note=f"{len(queries)} queries among {len(hits)} hits of {len({hit.kit for hit in hits})} kits. MFCC: mean and deviation of "
        "13 coefficients at 22.05 kHz, Euclidean. Samples are drawn with a fixed seed.")
    for name, method in methods.items():
        right = sum(roles[file] == query.role for query in queries for file in method(query))
        table.add(name, percent(right, 5 * len(queries)))
    return table


def by_file(answers: dict[str, dict[str, object]]) -> dict[str, dict[str, float]]:
    turned: dict[str, dict[str, float]] = {}
    for name, files in answers.items():
        for file, value in files.items():
            turned.setdefault(file, {})[name] = float(value)
    return turned


def nearest_waxwing(query: Labelled, hits: list[Labelled], folder: Path) -> list[Path]:
    command = [WAXWING, "similar", "--json", "-n", "5", "--cache", str(folder / "cache"), str(query.file)]
    results = json.loads(run(command, [hit.file for hit in hits if hit.kit != query.kit]).output)["results"]
    return [Path(result["file"]) for result in results]


def nearest(query: Labelled, hits: list[Labelled], vectors: dict[str, list[float]], units: list[float]) -> list[Path]:
    scaled = {file: [value / unit for value, unit in zip(values, units)] for file, values in vectors.items()}
    others = [hit.file for hit in hits if hit.kit != query.kit]
    return sorted(others, key=lambda file: math.dist(scaled[str(file)], scaled[str(query.file)]))[:5]
