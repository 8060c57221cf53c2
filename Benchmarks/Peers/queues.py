"""Job queues: how many jobs a second go in and out, how soon an idle worker starts, and what its waiting costs.

On SQLite beside huey, on PostgreSQL beside procrastinate and pgqueuer. Every measurement begins with an empty database.
"""

import itertools
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from programs import JOBS, peer, run
from servers import database_server
from table import Section, Table, ratio

WAITS = int(os.environ.get("JOB_WAITS", "1000"))
"""Jobs that come to an idle worker, one by one: as many as a 99th percentile needs."""
REST = int(os.environ.get("JOB_REST", "30"))
"""Seconds of doing nothing."""

SPEEDS = {
    "enqueued, one a transaction": ("enqueue", 1),
    "enqueued, 100 a transaction": ("enqueue", 100),
    "done, one at once": ("drain", 1),
    "done, 2 at once": ("drain", 2),
    "done, 8 at once": ("drain", 8),
    "done, 32 at once": ("drain", 32),
}


@dataclass
class Side:
    """One queue on one database."""

    name: str
    command: Callable[..., list[str]]
    jobs: int
    """Of one measurement: some seconds of the slowest."""
    latencies: dict[str, tuple[int, list[str]]] = field(default_factory=lambda: {"": (WAITS, [])})
    """Jobs, and what `latency` is told besides, by what it means."""
    speeds: dict[str, list[float]] = field(default_factory=dict)
    waits: dict[str, dict[str, float]] = field(default_factory=dict)
    cost: float = 0

    def take_speeds(self, places: Iterator[str]) -> None:
        for label, (action, how) in SPEEDS.items():
            jobs = self.jobs * 4 if how == 100 else self.jobs
            self.speeds.setdefault(label, []).append(self._ask(action, places, jobs, how)["jobs_per_second"])

    def take_rest(self, places: Iterator[str]) -> None:
        for meaning, (jobs, more) in self.latencies.items():
            self.waits[meaning] = self._ask("latency", places, jobs, *more)
        self.cost = self._ask("idle", places, REST)["processor_milliseconds_per_second"]

    def _ask(self, action: str, places: Iterator[str], *arguments: object) -> dict[str, float]:
        return json.loads(run(self.command(action, next(places), *arguments)).output)


def measure(runs: int) -> Section:
    embedded = [
        Side("waxwing", _ours, 2_000, {"": (WAITS, ["here"]), "from another process": (WAITS // 10, ["apart"])}),
        Side(f"huey {version('huey')}", lambda *a: peer("huey", *a), 700),
    ]
    served = [
        Side("waxwing", _ours, 2_000, {"": (WAITS, ["apart"])}),
        Side(f"procrastinate {version('procrastinate')}", lambda *a: peer("procrastinate", *a), 150),
        Side(f"pgqueuer {version('pgqueuer')}", lambda *a: peer("pgqueuer", *a), 700),
    ]
    with tempfile.TemporaryDirectory(prefix="waxwing-jobs-") as name, database_server(Path(name)) as url:
        _take(embedded, (f"{name}/{number}.sqlite" for number in itertools.count()), runs)
        tables = [_speeds("SQLite", embedded, runs)]
        if url:
            _take(served, _databases(url), runs)
            tables.append(_speeds("PostgreSQL", served, runs))
        tables.append(_rest({"SQLite": embedded} | ({"PostgreSQL": served} if url else {})))
    return Section("jobs", "Jobs", tables)


def _ours(*arguments: object) -> list[str]:
    return [JOBS, *map(str, arguments)]


def _take(sides: list[Side], places: Iterator[str], runs: int) -> None:
    # In turns, so that a slow minute of the machine hits all of them.
    for number in range(runs):
        for side in sides:
            print(f"jobs: {side.name}, {number + 1} of {runs}", file=sys.stderr, flush=True)
            side.take_speeds(places)
    for side in sides:
        print(f"jobs: {side.name}, idle", file=sys.stderr, flush=True)
        side.take_rest(places)


def _speeds(engine: str, sides: list[Side], runs: int) -> Table:
    ours, *peers = sides
    table = Table(
        [f"jobs a second, {engine}", *(side.name for side in sides)],
        note=f"Medians of {runs} runs, ratios of pairs; in brackets: how often the peer's goes into ours.")
    for label in SPEEDS:
        cells = [
            f"{_median(side.speeds[label])} ({_pairs(ours.speeds[label], side.speeds[label])})" for side in peers]
        table.add(label, _median(ours.speeds[label]), *cells)
    return table


def _rest(engines: dict[str, list[Side]]) -> Table:
    table = Table(
        ["an idle worker", "enqueue to start, ms, p50 / p99", "at rest, ms of processor time a second"],
        note=f"{WAITS:,} jobs, one every 20 to 60 ms; at rest for {REST} s.")
    for engine, sides in engines.items():
        for side in sides:
            for meaning, waits in side.waits.items():
                name = ", ".join(part for part in (f"{side.name} on {engine}", meaning) if part)
                table.add(name, f"{waits['p50']:.2f} / {waits['p99']:.2f}", f"{side.cost:.2f}" if not meaning else "")
    return table


def _median(values: list[float]) -> str:
    return f"{statistics.median(values):,.0f}"


def _pairs(ours: list[float], theirs: list[float]) -> str:
    return ratio(statistics.median(our / their for our, their in zip(ours, theirs)))


def _databases(url: str) -> Iterator[str]:
    """Addresses of new databases on a server."""
    import psycopg

    for number in itertools.count():
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE jobs{number}")
        yield url.rpartition("/")[0] + f"/jobs{number}"
