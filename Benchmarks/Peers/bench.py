"""Measures waxwing beside its peers, on the same files in one run.

    python bench.py [--only speed|memory|tempo|key|pictures|roles|likeness|sampler|objects|rows|jobs|http] [--runs 5] [--markdown] [--page FILE]

--markdown prints the tables as Markdown; --page also puts them into a page, each between its two marks
(`<!-- speed -->` and `<!-- /speed -->`).
"""

import argparse
import datetime
import os
import platform
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import key
import likeness
import load
import memory
import objects
import pictures
import queues
import roles
import rows
import sampler
import speed
import tempo
from programs import ROOT
from table import Section

MEASURES = {
    "speed": speed.measure, "memory": memory.measure, "tempo": tempo.measure, "key": key.measure,
    "pictures": pictures.measure, "roles": roles.measure,
    "likeness": likeness.measure, "sampler": sampler.measure,
    "objects": objects.measure, "rows": rows.measure, "jobs": queues.measure,
    "http": load.measure,
}
BUSY = 0.5
"""Processes that want to run besides ours; above it times cannot be trusted."""


def main() -> None:
    options = _options()
    busy = os.getloadavg()[0]
    if busy > BUSY:
        print(f"The machine is busy (load {busy:.1f}): times will be too long.", file=sys.stderr)
    setting = _setting(busy)
    print(setting + "\n")
    for name in [options.only] if options.only else MEASURES:
        section = MEASURES[name](options.runs)
        print((section.markdown() if options.markdown else section.text()) + "\n", flush=True)
        if options.page and not section.skipped:
            put(section, setting, options.page)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures waxwing beside its peers.")
    parser.add_argument("--only", choices=MEASURES, help="one section")
    parser.add_argument("--runs", type=int, default=5, help="runs that a median is taken of")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    parser.add_argument("--page", type=Path, help="the page that the tables are put into")
    return parser.parse_args()


def _setting(load: float) -> str:
    """What the figures belong to: date, commit, machine and versions."""
    peers = ", ".join(f"{name} {found}" for name in ("librosa", "essentia", "aubio") if (found := _version(name)))
    busy = f"; other work was running (load {load:.1f})" if load > BUSY else ""
    return (
        f"{datetime.date.today()}, commit {_commit()}, {_processor()}, {os.cpu_count()} cores, {platform.system()}; "
        f"Python {platform.python_version()}{', ' if peers else ''}{peers}{busy}.")


def _version(name: str) -> str | None:
    """None where the peer is not installed: not every section needs all of them."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _commit() -> str:
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude", "*"]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip() or "unknown"


def _processor() -> str:
    names = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return names[0] if names else platform.machine()


def put(section: Section, setting: str, page: Path) -> None:
    """Replaces what stands between the section's marks."""
    begin, end = f"<!-- {section.name} -->", f"<!-- /{section.name} -->"
    before, mark, rest = page.read_text().partition(begin)
    _, closing, after = rest.partition(end)
    if not mark or not closing:
        raise SystemExit(f"{page} has no place for this: it needs the lines {begin} and {end}")
    page.write_text(f"{before}{begin}\n{section.markdown()}\n\n{setting}\n{end}{after}")


if __name__ == "__main__":
    main()
