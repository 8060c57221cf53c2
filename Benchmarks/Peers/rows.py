"""Rows: a library of 1,000,000 samples, 10,000 to an account: how fast they come in, and pages out.

LIBRARY_SAMPLES says another number; LIBRARY_FOLDER keeps what was filled for the next time.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from programs import STORAGE
from servers import database_server
from table import Section, Table


@dataclass
class Figures:
    """What one database answered."""

    questions: dict[str, dict[str, float]] = field(default_factory=dict)
    samples_in: float | None = None
    pages_out: dict[int, float] = field(default_factory=dict)


def measure(runs: int) -> Section:
    """Asks every question 400 times, whatever `runs` says: a 99th percentile needs that many."""
    del runs
    samples = int(os.environ.get("LIBRARY_SAMPLES", "1000000"))
    with _folder() as folder, database_server(folder) as url:
        figures = {"SQLite": _ask(samples, str(folder / "library.sqlite"))}
        if url:
            figures["PostgreSQL"] = _ask(samples, url)
    return Section("rows", "Rows", [_rates(figures), _pages(figures, samples)])


def _ask(samples: int, place: str) -> Figures:
    print(f"rows: {place.rpartition('/')[2]}", file=sys.stderr, flush=True)
    figures = Figures()
    command = [STORAGE, "library", str(samples), place]
    for line in subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines():
        match json.loads(line):
            case {"name": name, **rest}:
                figures.questions[name] = rest
            case {"samples_in_per_second": speed}:
                figures.samples_in = speed
            case {"readers": readers, "pages_per_second": speed}:
                figures.pages_out[int(readers)] = speed
    return figures


def _rates(figures: dict[str, Figures]) -> Table:
    table = Table(["a second", *figures])
    table.add("samples in, 100 a transaction", *(
        f"{f.samples_in:,.0f}" if f.samples_in else "–" for f in figures.values()))
    for readers in sorted({readers for f in figures.values() for readers in f.pages_out}):
        table.add(
            f"first pages out, {readers} reader{'s' if readers > 1 else ''}",
            *(f"{f.pages_out[readers]:,.0f}" for f in figures.values()))
    return table


def _pages(figures: dict[str, Figures], samples: int) -> Table:
    table = Table(
        ["ms, p50 / p99", "rows", *figures],
        note=f"{samples:,} samples, 10,000 to an account, another account every time; pages of 50; 400 runs each.")
    first = next(iter(figures.values())).questions
    for name, asked in first.items():
        cells = [f.questions[name] for f in figures.values()]
        table.add(name, f"{asked['rows']:.0f}", *(f"{cell['p50']:.2f} / {cell['p99']:.2f}" for cell in cells))
    return table


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    if kept := os.environ.get("LIBRARY_FOLDER"):
        yield Path(kept)
        return
    with tempfile.TemporaryDirectory(prefix="waxwing-rows-") as name:
        yield Path(name)
