"""A project of 160 pads from 160 loops, beside sox converting the same files to the same rate and depth."""

import os
import shlex
import shutil
import statistics
import sys
import tempfile
import wave
from pathlib import Path

from programs import BENCHMARKS, HERE, WAXWING, Usage, run
from table import Section, Table, ratio, seconds

PADS = 160
SHORTEST, LONGEST = 5.0, 10.0
"""Seconds of a loop."""


def measure(runs: int) -> Section:
    if not shutil.which("sox"):
        return Section("sampler", "Sampler", skipped="install sox")
    with tempfile.TemporaryDirectory(prefix="waxwing-peers-") as name:
        folder = Path(name)
        run([sys.executable, str(HERE / "material.py"), name, BENCHMARKS])
        loops = folder / "loops"
        total = cut(folder / "song180.wav", loops)
        ours, theirs = _figures(loops, folder / "card", folder / "converted", runs)
    return Section("sampler", "Sampler", [_table(ours, theirs, total, runs)])


def cut(song: Path, folder: Path) -> float:
    """Loops of one song, each other one mono. Returns their seconds."""
    folder.mkdir()
    with wave.open(str(song)) as source:
        rate, channels, width = source.getframerate(), source.getnchannels(), source.getsampwidth()
        size, frames = channels * width, source.getnframes()
        samples = source.readframes(frames)
    total = 0.0
    for pad in range(PADS):
        length = int(rate * (SHORTEST + (LONGEST - SHORTEST) * pad / (PADS - 1)))
        start = (frames - length) * pad // PADS
        piece = samples[start * size:(start + length) * size]
        if pad % 2:
            piece = b"".join(piece[place:place + width] for place in range(0, len(piece), size))
        with wave.open(str(folder / f"loop{pad:03}.wav"), "wb") as loop:
            loop.setnchannels(1 if pad % 2 else channels)
            loop.setsampwidth(width)
            loop.setframerate(rate)
            loop.writeframes(piece)
        total += length / rate
    return total


def _figures(loops: Path, card: Path, converted: Path, runs: int) -> tuple[list[Usage], list[Usage]]:
    """The two take turns, so that a slow minute of the machine hits both; each begins with an empty folder."""
    print("sampler: 160 loops", file=sys.stderr, flush=True)
    export = [WAXWING, "export", str(loops), "--jobs", "2", "-o", str(card)]
    one = f"sox {shlex.quote(str(loops))}/{{}} -r 48000 -b 16 {shlex.quote(str(converted))}/{{}}"
    sox = ["sh", "-c", f"ls {shlex.quote(str(loops))} | xargs -P 2 -I {{}} {one}"]
    ours: list[Usage] = []
    theirs: list[Usage] = []
    for _ in range(runs):
        for command, target, usages in ((export, card, ours), (sox, converted, theirs)):
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir()
            usages.append(run(command))
            files = sum(len(names) for _, _, names in os.walk(target))
            if files < PADS:
                raise RuntimeError(f"{command[0]} wrote {files} files of {PADS}")
    return ours, theirs


def _table(ours: list[Usage], theirs: list[Usage], total: float, runs: int) -> Table:
    table = Table(
        [f"{PADS} loops, {total / 60:.0f} min", "seconds", "CPU seconds", "sox's time in ours", "peak RSS, MB"],
        note=f"44.1 kHz, 16 bits, mono and stereo, to 48 kHz and 16 bits, two at once. Medians of {runs}; the ratio is "
        "that of pairs, one after the other. Ours is put onto the disk (fsync) before it ends, sox's is not. Peak: of the "
        "largest process.")
    pairs = statistics.median(sox.seconds / own.seconds for own, sox in zip(ours, theirs))
    for name, usages, faster in (("waxwing export", ours, ratio(pairs)), ("sox, 2 processes", theirs, "–")):
        table.add(
            name, seconds(statistics.median(u.seconds for u in usages)),
            seconds(statistics.median(u.cpu_seconds for u in usages)), faster,
            f"{statistics.median(u.peak_mb for u in usages):,.0f}")
    return table
