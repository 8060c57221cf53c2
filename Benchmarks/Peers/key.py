"""Accuracy of key on labelled music.

KEYS names a folder with an `index.json`: a list of {"wav": path in the folder, "key": "C# minor" or "none", "group"}.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from answers import ask_peers, ask_waxwing
from table import Section, Table, percent

SPELLINGS = ["C B#", "C# Db", "D", "D# Eb", "E Fb", "F E#", "F# Gb", "G", "G# Ab", "A", "A# Bb", "B Cb"]
TONICS = {name: pitch for pitch, names in enumerate(SPELLINGS) for name in names.split()}
NONE = "none"

Key = tuple[int, str]
"""Semitones above C, and "major" or "minor"."""


@dataclass(frozen=True)
class Clip:
    file: Path
    key: Key | None
    group: str


def measure(_: int) -> Section:
    section = Section("key", "Key")
    folder = os.environ.get("KEYS", "")
    if not folder or not (Path(folder) / "index.json").exists():
        section.skipped = "KEYS names no folder with labelled clips and their index.json."
        return section
    clips = read_clips(Path(folder))
    files = [clip.file for clip in clips]
    answers = {"waxwing": {file: _said(record) for file, record in ask_waxwing(files).items()}}
    answers |= ask_peers("key", ["essentia", "librosa"], files)
    section.tables.append(_table(clips, answers))
    return section


def read_clips(folder: Path) -> list[Clip]:
    entries = json.loads((folder / "index.json").read_text())
    return [Clip(folder / entry["wav"], parse(entry["key"]), entry.get("group", "all")) for entry in entries]


def parse(text: str | None) -> Key | None:
    if not text or text == NONE:
        return None
    tonic, scale = text.split()
    return TONICS[tonic], scale


def _said(record: dict[str, object]) -> str | None:
    return f"{record['key']} {record['scale']}" if record["key"] else None


def _table(clips: list[Clip], answers: dict[str, dict[str, float | str | None]]) -> Table:
    groups = sorted({clip.group for clip in clips if clip.key})
    keyed = [clip for clip in clips if clip.key]
    counts = {group: sum(clip.group == group for clip in keyed) for group in groups}
    table = Table(
        ["exact, %", *(f"{group} ({count})" for group, count in counts.items()), f"all ({len(keyed)})", "MIREX",
         "key missed", f"key invented ({len(clips) - len(keyed)})"],
        note="MIREX: 1 for the key, 0.5 a fifth above, 0.3 relative, 0.2 parallel. Missed: no key said of clips that "
        "have one; counts as wrong. Invented: a key said of clips that have none.")
    for name, said in answers.items():
        table.add(name, *scores([(clip, parse(said.get(str(clip.file)))) for clip in clips], groups))
    return table


def scores(guesses: list[tuple[Clip, Key | None]], groups: list[str]) -> list[str]:
    keyed = [(clip, said) for clip, said in guesses if clip.key]
    keyless = [said for clip, said in guesses if not clip.key]

    def exact(group: str | None) -> str:
        hits = [said == clip.key for clip, said in keyed if group in (None, clip.group)]
        return percent(sum(hits), len(hits))

    return [
        *map(exact, groups), exact(None),
        percent(sum(mirex(clip.key, said) for clip, said in keyed), len(keyed)),
        percent(sum(said is None for _, said in keyed), len(keyed)),
        percent(sum(said is not None for said in keyless), len(keyless)),
    ]


def mirex(key: Key, said: Key | None) -> float:
    """The score of the MIREX audio key detection task."""
    if said is None:
        return 0
    above = (said[0] - key[0]) % 12
    if said[1] == key[1]:
        return {0: 1.0, 7: 0.5}.get(above, 0)
    relative = 9 if key[1] == "major" else 3
    return {relative: 0.3, 0: 0.2}.get(above, 0)
