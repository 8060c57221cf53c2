"""Pictures: waveforms beside ffmpeg's, spectrograms beside sox's and ffmpeg's."""

import shutil
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from memory import COPIES, repeat
from programs import BENCHMARKS, HERE, WAXWING, Usage, run
from table import Section, Table, ratio, seconds


@dataclass(frozen=True)
class Painter:
    """A command that draws one file; IN and OUT stand for the two names."""

    name: str
    kind: str
    command: list[str]
    reads_mp3: bool = True

    def draw(self, source: Path, target: Path) -> Usage:
        names = {"IN": str(source), "OUT": str(target)}
        return run([names.get(word, word) for word in self.command])


def _ffmpeg(filter_: str) -> list[str]:
    return ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", "IN", "-filter_complex", filter_, "-frames:v", "1", "OUT"]


PAINTERS = [
    Painter("waxwing waveform", "waveform", [WAXWING, "waveform", "IN", "-o", "OUT", "--force"]),
    Painter("ffmpeg showwavespic", "waveform", _ffmpeg("showwavespic=s=1920x256")),
    Painter("waxwing spectrogram", "spectrogram", [WAXWING, "spectrogram", "IN", "-o", "OUT", "--force"]),
    # Without a handler for MP3 on most systems: that is a package of its own.
    Painter(
        "sox spectrogram", "spectrogram", ["sox", "IN", "-n", "spectrogram", "-x", "1920", "-y", "513", "-o", "OUT"],
        reads_mp3=False),
    Painter("ffmpeg showspectrumpic", "spectrogram", _ffmpeg("showspectrumpic=s=1920x512:legend=0")),
]


def measure(runs: int) -> Section:
    missing = [name for name in ("ffmpeg", "sox") if not shutil.which(name)]
    if missing:
        return Section("pictures", "Pictures", skipped=f"install {' and '.join(missing)}")
    with tempfile.TemporaryDirectory(prefix="waxwing-peers-") as name:
        folder = Path(name)
        run([sys.executable, str(HERE / "material.py"), name, BENCHMARKS])
        repeat(folder / "song180.wav", folder / "hours.wav", COPIES)
        cases = {
            "180 s WAV": (folder / "song180.wav", runs), "180 s MP3": (folder / "song180.mp3", runs),
            "3 h WAV": (folder / "hours.wav", min(runs, 3)),
        }
        figures = {case: _figures(file, count, folder / "out.png") for case, (file, count) in cases.items()}
    return Section("pictures", "Pictures", [_table(figures, runs)])


def _figures(source: Path, runs: int, target: Path) -> dict[str, list[Usage]]:
    """The painters take turns, so that a slow minute of the machine hits all of them."""
    print(f"pictures: {source.name}", file=sys.stderr, flush=True)
    painters = [painter for painter in PAINTERS if painter.reads_mp3 or source.suffix != ".mp3"]
    usages: dict[str, list[Usage]] = {painter.name: [] for painter in painters}
    for _ in range(runs):
        for painter in painters:
            usages[painter.name].append(painter.draw(source, target))
    return usages


def _table(figures: dict[str, dict[str, list[Usage]]], runs: int) -> Table:
    table = Table(
        ["seconds, wall / CPU", *figures, "peak RSS of 3 h, MB"],
        note=f"1920 × 256 and 1920 × 512 pixels, both cores free to use. Medians of {runs}, of three hours at most 3. "
        "In brackets: how often the time of ours goes into it.")
    for painter in PAINTERS:
        ours = next(other.name for other in PAINTERS if other.kind == painter.kind)
        cells = [_cell(usages.get(painter.name, []), usages[ours]) for usages in figures.values()]
        table.add(painter.name, *cells, f"{statistics.median(u.peak_mb for u in figures['3 h WAV'][painter.name]):,.0f}")
    return table


def _cell(usages: list[Usage], ours: list[Usage]) -> str:
    if not usages:
        return "–"
    wall, cpu = _medians(usages)
    text = f"{seconds(wall)} / {seconds(cpu)}"
    if usages is ours:
        return text
    own_wall, own_cpu = _medians(ours)
    return f"{text} ({ratio(wall / own_wall)} / {ratio(cpu / own_cpu)})"


def _medians(usages: list[Usage]) -> tuple[float, float]:
    return statistics.median(u.seconds for u in usages), statistics.median(u.cpu_seconds for u in usages)
