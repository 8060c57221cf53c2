"""Requests: a running service with a library of 10,000 samples a user, beside FastAPI that gives the same JSON out of the
same database. Server and client share the machine.

LOAD_USERS says how many users there are; each has 10,000 samples.
"""

import contextlib
import json
import os
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from programs import WAXWING, peer
from table import Section, Table, ratio

SAMPLES = 10_000
CONNECTIONS = 32
SECONDS = 8
RATE = 1_000
"""Requests a second at which latency is measured: what a page of users asks, not what a machine can bear."""
PASSWORD = "a tune for bassoon & harp"


@dataclass
class Load:
    """What wrk saw."""

    rate: float
    """Requests a second."""
    p50: float
    p99: float
    """Milliseconds."""
    failed: int


def measure(runs: int) -> Section:
    if shutil.which("wrk") is None:
        return Section("http", "Requests", skipped="no wrk: apt-get install wrk")
    users = int(os.environ.get("LOAD_USERS", "10"))
    with tempfile.TemporaryDirectory(prefix="waxwing-load-") as name:
        folder = Path(name)
        with _serving(folder) as server:
            token = _fill(server, folder, users)
        started = [_start_to_first_answer(folder) for _ in range(max(runs, 3))]
        sides: dict[str, dict[str, list[Load]]] = {}
        memory: dict[str, float] = {}
        for _ in range(runs):
            for side, serving in (("waxwing", _serving(folder)), ("FastAPI", _fastapi(folder))):
                with serving as server:
                    for label, path in _paths(server, token).items():
                        print(f"http: {side}, {label}", file=sys.stderr, flush=True)
                        sides.setdefault(side, {}).setdefault(label, []).append(_wrk(server.url + path, token))
                        sides.setdefault(f"{side} at {RATE:,} a second", {}).setdefault(label, []).append(
                            _wrk(server.url + path, token, RATE))
                    memory[side] = max(memory.get(side, 0), server.resident())
        rest = _memory_at_rest(folder)
    return Section(
        "http", "Requests", [_table(sides, users, runs), _others(started, rest, memory)])


@dataclass
class Server:
    url: str
    process: subprocess.Popen

    def resident(self) -> float:
        """MB of the process and of those it started, for the peer has two."""
        own = [self.process.pid, *_children(self.process.pid)]
        if "waxwing" in Path(f"/proc/{self.process.pid}/cmdline").read_text():
            own = own[:1]
        return sum(_resident(pid) for pid in own)

    def ask(self, method: str, path: str, body: object = None, token: str | None = None,
            headers: dict[str, str] | None = None, data: bytes | None = None) -> dict:
        request = urllib.request.Request(self.url + path, method=method, data=data)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def _resident(pid: int) -> float:
    with contextlib.suppress(OSError):
        match = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
        return int(match.group(1)) / 1024 if match else 0
    return 0


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def _running(command: list[str], environment: dict[str, str], port: int, path: str) -> Iterator[Server]:
    process = subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = Server(f"http://127.0.0.1:{port}", process)
    try:
        while True:
            try:
                urllib.request.urlopen(server.url + path).read()
                break
            except OSError as problem:
                if process.poll() is not None:
                    raise RuntimeError(f"{command[0]} ended with {process.returncode}") from problem
                time.sleep(0.002)
        yield server
    finally:
        process.terminate()
        process.wait(60)


def _serving(folder: Path) -> contextlib.AbstractContextManager[Server]:
    port = _free_port()
    environment = {"PORT": str(port), "WAXWING_DATA": str(folder / "data"), "WAXWING_LOG_LEVEL": "warning"}
    return _running([WAXWING, "serve"], environment, port, "/api/health")


def _fastapi(folder: Path) -> contextlib.AbstractContextManager[Server]:
    port = _free_port()
    return _running(peer("fastapi", folder / "data/waxwing.sqlite", port), {}, port, "/api/health")


def _start_to_first_answer(folder: Path) -> float:
    """Milliseconds on the filled database."""
    began = time.perf_counter()
    with _serving(folder):
        return (time.perf_counter() - began) * 1000


def _memory_at_rest(folder: Path) -> float:
    with _serving(folder) as server:
        time.sleep(5)
        return server.resident()


def _fill(server: Server, folder: Path, users: int) -> str:
    """Analyses one real sound for the first user, and gives copies of its rows to all of them. Returns a token."""
    tokens = []
    for number in range(users):
        account = {"email": f"user{number}@example.com", "password": PASSWORD}
        server.ask("POST", "/api/auth/register", account)
        tokens.append(server.ask("POST", "/api/auth/login", account)["data"]["access_token"])
    sound = Path("/usr/share/lmms/samples/beats/break01.ogg").read_bytes()
    form = b"".join([
        b'--b\r\nContent-Disposition: form-data; name="audio"; filename="break01.ogg"\r\n\r\n', sound, b"\r\n--b--\r\n"])
    accepted = server.ask(
        "POST", "/api/upload", token=tokens[0], data=form, headers={"Content-Type": "multipart/form-data; boundary=b"})
    while True:
        job = server.ask("GET", f"/api/jobs/{accepted['data']['job_id']}", token=tokens[0])["data"]
        if job["status"] == "completed":
            break
        if job["status"] == "failed":
            raise RuntimeError(f"the sound was refused: {job['error']}")
        time.sleep(0.05)
    owners = [server.ask("GET", "/api/user", token=token)["data"]["id"] for token in tokens]
    with contextlib.closing(sqlite3.connect(folder / "data/waxwing.sqlite", timeout=60)) as rows:
        for owner in owners:
            print(f"http: {SAMPLES:,} samples for a user", file=sys.stderr, flush=True)
            _copy(rows, job["sample_id"], owner)
        rows.execute("ANALYZE")
    return tokens[0]


# The tables that tell of a sample, and their columns that name it.
TABLES = {"samples": "id", "audio_features": "sample_id", "sample_facets": "id", "sample_words": "sample_id"}


def _copy(rows: sqlite3.Connection, original: str, owner: str) -> None:
    rows.row_factory = sqlite3.Row
    ids = [str(uuid.uuid4()) for _ in range(SAMPLES)]
    with rows:
        for table, column in TABLES.items():
            for found in rows.execute(f"SELECT * FROM {table} WHERE {column} = ?", (original,)).fetchall():
                row = dict(found)
                copies = []
                for place, copy in enumerate(ids):
                    changed = row | {column: copy}
                    if "owner" in changed:
                        changed["owner"] = owner
                    if "created_at" in changed:
                        changed["created_at"] = row["created_at"] - place
                    copies.append(tuple(changed.values()))
                marks = ", ".join("?" * len(row))
                rows.executemany(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", copies)


def _paths(server: Server, token: str) -> dict[str, str]:
    one = server.ask("GET", "/api/samples?limit=1", token=token)["data"][0]["id"]
    return {"a page of 50 samples": "/api/samples?limit=50", "one sample": f"/api/samples/{one}", "health": "/api/health"}


def _wrk(url: str, token: str, rate: int | None = None) -> Load:
    script = f'wrk.headers["Authorization"] = "Bearer {token}"\n'
    if rate:
        # Each connection waits as long between two requests as makes so many of all together.
        script += f"function delay() return {CONNECTIONS * 1000 // rate} end\n"
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        told = subprocess.run(
            ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", "-s", file.name, url], check=True,
            capture_output=True, text=True).stdout
    counts = [r"Non-2xx or 3xx responses: (\d+)", r"connect (\d+)", r"read (\d+),", r"write (\d+)", r"timeout (\d+)"]
    failed = sum(int(count) for pattern in counts for count in re.findall(pattern, told))
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", told).group(1))
    return Load(rate=rate, p50=_latency(told, 50), p99=_latency(told, 99), failed=failed)


def _latency(told: str, percent: int) -> float:
    value, unit = re.search(rf"\s{percent}%\s+([\d.]+)(us|ms|s)", told).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def _table(sides: dict[str, dict[str, list[Load]]], users: int, runs: int) -> Table:
    labels = list(sides["waxwing"])
    table = Table(
        ["requests/s, p50 / p99 ms", *labels],
        note=f"SQLite, {users} users with {SAMPLES:,} samples each, {CONNECTIONS} connections of wrk on the same cores, "
        f"medians of {runs} runs of {SECONDS} s. FastAPI {version('fastapi')} on uvicorn {version('uvicorn')} with two "
        "workers reads the same rows, checks the same token, and gives the same JSON.")
    for side, by_label in sides.items():
        table.add(side, *(_cell(by_label[label]) for label in labels))
    table.add("waxwing's rate in FastAPI's", *(
        ratio(statistics.median(
            ours.rate / theirs.rate for ours, theirs in zip(sides["waxwing"][label], sides["FastAPI"][label])))
        for label in labels))
    return table


def _cell(loads: list[Load]) -> str:
    rate, p50, p99 = (statistics.median(getattr(load, name) for load in loads) for name in ("rate", "p50", "p99"))
    failed = sum(load.failed for load in loads)
    return f"{rate:,.0f}, {p50:.3g} / {p99:.3g}" + (f" ({failed} failed)" if failed else "")


def _others(started: list[float], rest: float, memory: dict[str, float]) -> Table:
    table = Table(["of the process", "waxwing", "FastAPI"])
    table.add("start to first answer, ms", f"{statistics.median(started):.0f}", "–")
    table.add("resident at rest, MB", f"{rest:.0f}", "–")
    table.add("resident after the load, MB", f"{memory['waxwing']:.0f}", f"{memory['FastAPI']:.0f}")
    return table
