"""The programs that are compared, and what they take of the machine."""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

WAXWING = os.environ.get("WAXWING") or str(ROOT / ".build/release/waxwing")
BENCHMARKS = os.environ.get("BENCHMARKS") or str(ROOT / ".build/release/benchmarks")
STORAGE = os.environ.get("STORAGE") or str(ROOT / ".build/release/storage")
JOBS = os.environ.get("JOBS") or str(ROOT / ".build/release/jobs")
FLOOR = os.environ.get("FLOOR") or str(ROOT / ".build/floor")

# Whatever a numerical library may use to run threads of its own.
ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA", "FFTW", "NUMEXPR", "VECLIB", "BLIS")
}


@dataclass(frozen=True)
class Usage:
    """What one process took."""

    seconds: float
    peak_mb: float
    output: str
    cpu_seconds: float
    """Of all its threads, in the program and in the system."""


@dataclass(frozen=True)
class Tool:
    """Something that analyses files: as a whole process, and warm (the same work repeated in one process)."""

    name: str
    process: list[str]
    """The command that analyses the files appended to it once."""
    warm: Callable[[int], list[str]]
    """The command that works through the files appended to it so many times and prints the seconds of each run."""


def peer(name: str, *arguments: object) -> list[str]:
    return [sys.executable, str(HERE / f"peer_{name}.py"), *map(str, arguments)]


def _peer_tool(name: str) -> Tool:
    return Tool(name, peer(name, "features", 1), lambda runs: peer(name, "features", runs))


WAXWING_TOOL = Tool(
    "waxwing", [WAXWING, "analyze", "--ndjson", "--jobs", "1"], lambda runs: [BENCHMARKS, "time", str(runs)])
FLOOR_TOOL = Tool("floor", [FLOOR, "1"], lambda runs: [FLOOR, str(runs)])
PEER_TOOLS = [_peer_tool(name) for name in ("librosa", "essentia", "aubio")]


def run(command: list[str], files: list[Path] | None = None) -> Usage:
    """Runs a command to its end.

    Standard error is passed on only where the command fails: the peers warn a lot.
    """
    command = command + [str(file) for file in files or []]
    with tempfile.NamedTemporaryFile("r") as result:
        finished = subprocess.run(
            [sys.executable, "-I", "-S", str(HERE / "measured.py"), result.name, *command], check=False,
            capture_output=True, text=True, errors="replace", env=os.environ | ONE_THREAD)
        if finished.returncode != 0:
            start, tail = " ".join(command[:4]), finished.stderr[-600:]
            raise RuntimeError(f"{start} … ended with {finished.returncode}: {tail}")
        taken, kilobytes, cpu_seconds = (float(value) for value in result.read().split())
    return Usage(taken, kilobytes / 1024, finished.stdout, cpu_seconds)


def process_seconds(tools: list[Tool], files: list[Path], runs: int) -> dict[str, float]:
    """Medians of whole processes. The tools take turns, so that a slow minute of the machine hits all of them."""
    times: dict[str, list[float]] = {tool.name: [] for tool in tools}
    for _ in range(runs):
        for tool in tools:
            times[tool.name].append(run(tool.process, files).seconds)
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def warm_seconds(tool: Tool, files: list[Path], runs: int) -> float:
    """The median of runs in one process; the first is not counted: it pays for plans, tables and compiling."""
    timing = json.loads(run(tool.warm(runs + 1), files).output)
    if timing.get("failed"):
        print(f"{tool.name} refused {timing['failed']} of {len(files)} files", file=sys.stderr)
    return statistics.median(timing["seconds"][1:])


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Holds what is started meanwhile on one core, so that no thread anybody forgot to forbid helps."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)
