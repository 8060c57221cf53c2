"""Memory: the peak over rest for three minutes and for three hours."""

import shutil
import statistics
import tempfile
from pathlib import Path

from programs import BENCHMARKS, PEER_TOOLS, WAXWING, WAXWING_TOOL, Tool, run
from table import Section, Table

HEADER = 44
COPIES = 60
"""Three minutes that make three hours."""
WHOLE_FILE = {"librosa", "essentia"}
"""Peers that hold the whole file, so that three hours do not fit."""


def measure(runs: int) -> Section:
    table = Table(
        ["peak RSS, MB", "at rest", "180 s WAV", "over rest", "3 h WAV", "over rest"],
        note=f"Medians of {runs}, three hours once, and not for librosa and essentia, which hold the whole file.")
    with tempfile.TemporaryDirectory(prefix="waxwing-peers-") as name:
        song, hours = Path(name) / "song180.wav", Path(name) / "hours.wav"
        run([BENCHMARKS, "song", "180", str(song)])
        repeat(song, hours, COPIES)
        for tool in [WAXWING_TOOL, *PEER_TOOLS]:
            table.add(tool.name, *_cells(tool, song, hours, runs))
    return Section("memory", "Memory", [table])


def _cells(tool: Tool, song: Path, hours: Path, runs: int) -> list[str]:
    # Without files a peer loads its library and ends; waxwing would refuse that.
    idle = [WAXWING, "version"] if tool is WAXWING_TOOL else tool.process
    rest = statistics.median(_peak(idle, []) for _ in range(runs))
    minutes = statistics.median(_peak(tool.process, [song]) for _ in range(runs))
    cells = [f"{rest:,.0f}", f"{minutes:,.0f}", f"{minutes - rest:,.0f}"]
    if tool.name in WHOLE_FILE:
        return [*cells, "–", "–"]
    peak = _peak(tool.process, [hours])
    return [*cells, f"{peak:,.0f}", f"{peak - rest:,.0f}"]


def _peak(command: list[str], files: list[Path]) -> float:
    return run(command, files).peak_mb


def repeat(source: Path, target: Path, copies: int) -> None:
    """The sound of a 16-bit WAV file many times over, under a header that says so."""
    size = copies * (source.stat().st_size - HEADER)
    with source.open("rb") as file, target.open("wb") as output:
        header = bytearray(file.read(HEADER))
        header[4:8] = (size + HEADER - 8).to_bytes(4, "little")
        header[40:44] = size.to_bytes(4, "little")
        output.write(header)
        for _ in range(copies):
            file.seek(HEADER)
            shutil.copyfileobj(file, output)
