"""Asks waxwing and the peers about labelled files."""

import json
from pathlib import Path

from programs import WAXWING, peer, run

Answers = dict[str, dict[str, float | str | None]]
"""By estimator and file; a file that could not be read is missing."""


def ask_peers(task: str, names: list[str], files: list[Path]) -> Answers:
    answers: Answers = {}
    for name in names:
        for line in run(peer(name, task), files).output.splitlines():
            record = json.loads(line)
            for estimator, answer in record["answers"].items():
                answers.setdefault(estimator, {})[record["file"]] = answer
    return answers


def ask_waxwing(files: list[Path]) -> dict[str, dict[str, object]]:
    """The records of `waxwing analyze` by file."""
    records = map(json.loads, run([WAXWING, "analyze", "--ndjson"], files).output.splitlines())
    return {str(record["file"]): record for record in records}
