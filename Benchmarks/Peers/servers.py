"""Servers that measurements start for themselves."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from programs import ROOT

SERVER = ROOT / "Scripts/postgres-server.sh"


@contextlib.contextmanager
def database_server(folder: Path) -> Iterator[str | None]:
    """The address of a server of its own; nothing where none can be started."""
    started = subprocess.run([str(SERVER), "start", str(folder)], check=False, capture_output=True, text=True)
    if started.returncode != 0:
        print(started.stderr, file=sys.stderr)
        yield None
        return
    try:
        yield started.stdout.strip().partition("=")[2]
    finally:
        subprocess.run([str(SERVER), "stop", str(folder)], check=False, capture_output=True)
