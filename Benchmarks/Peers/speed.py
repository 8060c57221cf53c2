"""Speed: songs, one-shots, a folder of them, and the start."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from programs import (
    BENCHMARKS, FLOOR_TOOL, HERE, ONE_THREAD, PEER_TOOLS, WAXWING, WAXWING_TOOL, Tool, one_core, process_seconds, run,
    warm_seconds)
from table import Section, Table, ratio, seconds

TOOLS = [WAXWING_TOOL, *PEER_TOOLS, FLOOR_TOOL]
STARTS = 4
"""Starts measured for each run of the rest: they are short, and scatter more."""
SHARE = 5
"""The peers get each fifth of the one-shots in the folder: all of them would take minutes to say the same."""


@dataclass(frozen=True)
class Case:
    name: str
    files: list[Path]
    audio_seconds: float


@dataclass(frozen=True)
class Figures:
    """Seconds by tool for one case."""

    process: dict[str, float]
    warm: dict[str, float]


def measure(runs: int) -> Section:
    with tempfile.TemporaryDirectory(prefix="waxwing-peers-") as name:
        folder = Path(name)
        run([sys.executable, str(HERE / "material.py"), name, BENCHMARKS])
        shots = sorted((folder / "one-shots").iterdir())
        with one_core():
            cases = _cases(folder, shots)
            figures = {case.name: _figures(case, runs) for case in cases}
            _say("start")
            start = process_seconds([WAXWING_TOOL, *PEER_TOOLS], [folder / "second.wav"], STARTS * runs)
        _say(f"{len(shots):,} one-shots")
        rates = _folder_rates(shots, folder / "one-shots", runs)
    tables = [_seconds_table(figures, runs), _ratio_table(cases, figures), _small_table(start, rates, len(shots), runs)]
    return Section("speed", "Speed", tables)


def _say(step: str) -> None:
    """All of it takes a quarter of an hour: says where it is."""
    print(f"speed: {step}", file=sys.stderr, flush=True)


def _cases(folder: Path, shots: list[Path]) -> list[Case]:
    hundred = shots[:100]
    return [
        Case("30 s WAV", [folder / "song30.wav"], 30),
        Case("180 s WAV", [folder / "song180.wav"], 180),
        Case("180 s MP3", [folder / "song180.mp3"], 180),
        Case("100 one-shots", hundred, sum(_length(file) for file in hundred)),
    ]


def _length(file: Path) -> float:
    """Of 16-bit mono at 44.1 kHz, which the one-shots are."""
    return (file.stat().st_size - 44) / 2 / 44_100


def _figures(case: Case, runs: int) -> Figures:
    _say(case.name)
    return Figures(
        process_seconds(TOOLS, case.files, runs),
        {tool.name: warm_seconds(tool, case.files, runs) for tool in TOOLS})


def _seconds_table(figures: dict[str, Figures], runs: int) -> Table:
    table = Table(["seconds, process / warm", *figures], note=f"One core, medians of {runs}.")
    for tool in TOOLS:
        cells = [f"{seconds(f.process[tool.name])} / {seconds(f.warm[tool.name])}" for f in figures.values()]
        table.add(tool.name, *cells)
    return table


def _ratio_table(cases: list[Case], figures: dict[str, Figures]) -> Table:
    """How often our time goes into the others'; the floor's goes into ours."""
    table = Table(["waxwing, process / warm", *figures])
    ours = WAXWING_TOOL.name

    def row(name: str, process_and_warm: list[tuple[float, float]]) -> None:
        table.add(name, *(f"{ratio(process)} / {ratio(warm)}" for process, warm in process_and_warm))

    row("real time", [
        (case.audio_seconds / figures[case.name].process[ours], case.audio_seconds / figures[case.name].warm[ours])
        for case in cases])
    row("the floor's time", [
        (f.process[ours] / f.process[FLOOR_TOOL.name], f.warm[ours] / f.warm[FLOOR_TOOL.name])
        for f in figures.values()])
    for tool in PEER_TOOLS:
        row(f"faster than {tool.name}", [
            (f.process[tool.name] / f.process[ours], f.warm[tool.name] / f.warm[ours]) for f in figures.values()])
    return table


def _folder_rates(shots: list[Path], folder: Path, runs: int) -> dict[str, float]:
    """Files per second on two cores: waxwing as it comes, each peer as two processes that share the files."""
    ours = [run([WAXWING, "analyze", "--ndjson", str(folder)]).seconds for _ in range(runs)]
    some = shots[::SHARE]
    peers = {tool.name: len(some) / _two_processes(tool, some) for tool in PEER_TOOLS}
    return {WAXWING_TOOL.name: len(shots) / statistics.median(ours)} | peers


def _two_processes(tool: Tool, files: list[Path]) -> float:
    began = time.perf_counter()
    halves = [
        subprocess.Popen(
            [*tool.process, *map(str, files[half::2])], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=os.environ | ONE_THREAD)
        for half in range(2)]
    codes = [process.wait() for process in halves]
    if any(codes):
        raise RuntimeError(f"{tool.name} failed on the folder of one-shots: {codes}")
    return time.perf_counter() - began


def _small_table(start: dict[str, float], rates: dict[str, float], count: int, runs: int) -> Table:
    table = Table(
        ["", "start to end on a 1 s one-shot", f"folder of {count:,} one-shots, two cores"],
        note=f"Start: one core, median of {STARTS * runs} processes. Folder: median of {runs}; the peers as two "
        "processes, once, on each fifth file.")
    for tool in [WAXWING_TOOL, *PEER_TOOLS]:
        table.add(tool.name, f"{1000 * start[tool.name]:,.0f} ms", f"{rates[tool.name]:,.0f} files/s")
    return table
