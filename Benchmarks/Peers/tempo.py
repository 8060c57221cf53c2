"""Accuracy of tempo on labelled real music.

The labels are a CSV of file and bpm; those of this repository belong to the loops of Debian's package lmms-common.
TEMPO_LABELS and TEMPO_AUDIO name other labels, and the folder their files are in.
"""

import csv
import os
from pathlib import Path

from answers import ask_peers, ask_waxwing
from programs import ROOT
from table import Section, Table, percent

LABELS = Path(os.environ.get("TEMPO_LABELS") or ROOT / "Tests/Reference/lmms-tempo.csv")
AUDIO = Path(os.environ.get("TEMPO_AUDIO") or "/usr/share/lmms/samples")

Pair = tuple[float, float | None]
"""The label and what an estimator said, BPM."""


def measure(_: int) -> Section:
    section = Section("tempo", "Tempo")
    labels = read_labels()
    if not labels:
        section.skipped = f"no file of {LABELS.name} is in {AUDIO}: install lmms-common, or set TEMPO_AUDIO."
        return section
    answers = {"waxwing": {file: record["bpm"] for file, record in ask_waxwing(list(labels)).items()}}
    answers |= ask_peers("tempo", ["aubio", "essentia", "librosa"], list(labels))
    table = Table(
        [f"% of {len(labels)} files", "Acc1", "Acc2", "within 1 %", "no answer"],
        note="Acc1: within 4 % of the label. Acc2: also within 4 % of ½, ⅓, 2 or 3 times the label. Repeated: the file "
        "played over and over to 20 s, which helps some peers.")
    for name, said in answers.items():
        table.add(name, *scores([(bpm, said.get(str(file))) for file, bpm in labels.items()]))
    section.tables.append(table)
    return section


def read_labels() -> dict[Path, float]:
    """Those whose files are on this machine."""
    with LABELS.open() as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        labels = {AUDIO / row["file"]: float(row["bpm"]) for row in rows}
    return {file: bpm for file, bpm in labels.items() if file.exists()}


def scores(pairs: list[Pair]) -> list[str]:
    octaves = (1, 2, 1 / 2, 3, 1 / 3)
    hits = [
        sum(is_near(bpm, said, 0.04) for bpm, said in pairs),
        sum(any(is_near(bpm * factor, said, 0.04) for factor in octaves) for bpm, said in pairs),
        sum(is_near(bpm, said, 0.01) for bpm, said in pairs),
        sum(said is None for _, said in pairs),
    ]
    return [percent(count, len(pairs)) for count in hits]


def is_near(bpm: float, said: float | None, tolerance: float) -> bool:
    return said is not None and abs(said - bpm) <= tolerance * bpm
