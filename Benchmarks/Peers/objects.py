"""Objects: put and get of three sizes, in a folder, and on an S3 server beside boto3 on the same server."""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from programs import ROOT, STORAGE, peer, run
from table import Section, Table, ratio

SIZES = {"4 KiB": (4 << 10, 200), "1 MiB": (1 << 20, 40), "100 MiB": (100 << 20, 2)}
"""Bytes, and how many objects a process puts and gets."""
SERVER = ROOT / "Scripts/s3-server.sh"
NEEDED = ("ENDPOINT", "REGION", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY")


@dataclass
class Figures:
    """Medians of the processes of one side and size."""

    put: list[float] = field(default_factory=list)
    get: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)

    def take(self, command: list[str]) -> None:
        used = run(command)
        times = json.loads(used.output)
        self.put.append(statistics.median(times["put"]))
        self.get.append(statistics.median(times["get"]))
        self.peak.append(used.peak_mb)

    def cell(self) -> str:
        return f"{_milliseconds(self.put)} / {_milliseconds(self.get)}"


def measure(runs: int) -> Section:
    with tempfile.TemporaryDirectory(prefix="waxwing-objects-") as name, _server(Path(name) / "s3") as variables:
        if variables is None:
            return Section("objects", "Objects", skipped="no S3 server could be started (Scripts/s3-server.sh)")
        os.environ.update(variables)
        sides = {
            "waxwing, S3": lambda size, count: [STORAGE, "objects", str(size), str(count), "s3"],
            "boto3, S3": lambda size, count: peer("boto3", size, count),
            "boto3 with SHA-256, S3": lambda size, count: peer("boto3", size, count, "sha256"),
            "waxwing, folder": lambda size, count: [STORAGE, "objects", str(size), str(count), f"{name}/folder"],
        }
        figures: dict[str, dict[str, Figures]] = {side: {} for side in sides}
        for label, (size, count) in SIZES.items():
            print(f"objects: {label}", file=sys.stderr, flush=True)
            # In turns, so that a slow minute of the machine hits all of them.
            for _ in range(runs):
                for side, command in sides.items():
                    figures[side].setdefault(label, Figures()).take(command(size, count))
    return Section("objects", "Objects", [_times(figures, runs), _memory(figures)])


def _times(figures: dict[str, dict[str, Figures]], runs: int) -> Table:
    ours = figures["waxwing, S3"]
    table = Table(
        ["put / get, ms", *SIZES],
        note=f"Medians of {runs} processes, one object after the other; ratios are medians of pairs. "
        f"boto3 {version('boto3')}. We keep the SHA-256 of every object, and check every byte that comes back.")
    for side, by_size in figures.items():
        table.add(side, *(by_size[label].cell() for label in SIZES))
    for side in ("boto3", "boto3 with SHA-256"):
        theirs = figures[f"{side}, S3"]
        table.add(f"{side}: its time in ours", *(
            f"{_pairs(theirs[label].put, ours[label].put)} / {_pairs(theirs[label].get, ours[label].get)}"
            for label in SIZES))
    return table


def _memory(figures: dict[str, dict[str, Figures]]) -> Table:
    table = Table(["peak RSS, MB", *SIZES])
    for side, by_size in figures.items():
        table.add(side, *(f"{statistics.median(by_size[label].peak):,.0f}" for label in SIZES))
    return table


def _pairs(theirs: list[float], ours: list[float]) -> str:
    return ratio(statistics.median(their / our for their, our in zip(theirs, ours)))


def _milliseconds(times: list[float]) -> str:
    return f"{statistics.median(times) * 1000:,.3g}"


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[dict[str, str] | None]:
    """The variables by which clients find a server of their own; nothing where none can be started."""
    started = subprocess.run([str(SERVER), "start", str(folder)], check=False, capture_output=True, text=True)
    if started.returncode != 0:
        print(started.stderr, file=sys.stderr)
        yield None
        return
    lines = (line.removeprefix("export ").partition("=") for line in started.stdout.splitlines())
    found = {name: value.strip("'\"") for name, _, value in lines}
    try:
        yield {f"S3_{name}": found[f"TEST_S3_{name}"] for name in NEEDED} | {"S3_BUCKET": "bench-objects"}
    finally:
        subprocess.run([str(SERVER), "stop", str(folder)], check=False, capture_output=True)
