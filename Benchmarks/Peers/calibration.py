"""Draws how much a stated confidence can be trusted: a reliability diagram.

    python calibration.py --tempo tempo.csv --key key.csv --output calibration.png

Each CSV has the header `confidence,right,group`: the confidence stated for one file (0 to 1), 1 or 0 for whether the
answer was right, and the kind of material. A point on the diagonal says what it means; above it, too little.
"""

import argparse
import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import matplotlib
from PIL import Image

# Before pyplot is imported: no window is wanted, and none may exist.
matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402

BINS = 10
FEWEST = 5
"""Answers that a point of a single group stands on at least."""
COLOURS = ["#1b6ca8", "#d1495b", "#66a182", "#edae49", "#6a4c93", "#8d6a4f"]


@dataclass(frozen=True)
class Answer:
    confidence: float
    right: bool
    group: str


@dataclass(frozen=True)
class Bin:
    """Answers of about the same confidence."""

    low: float
    stated: float
    right: float
    count: int

    @property
    def margin(self) -> float:
        """Half of a 95 % interval on the share of right answers (Wilson)."""
        n, p, z = self.count, self.right, 1.96
        return z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)

    @property
    def centre(self) -> float:
        """The middle of that interval."""
        n, p, z = self.count, self.right, 1.96
        return (p + z * z / (2 * n)) / (1 + z * z / n)


def main() -> None:
    options = _options()
    inputs = [("Tempo", options.tempo), ("Key", options.key)]
    panels = [(title, read(path)) for title, path in inputs if path]
    if not panels:
        raise SystemExit("calibration: name at least one of --tempo and --key")
    for title, answers in panels:
        print(f"{title}: {len(answers)} answers, expected calibration error {calibration_error(answers):.3f}")
    draw(panels, options.output)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Draws how much a stated confidence can be trusted.")
    parser.add_argument("--tempo", type=Path, help="CSV of confidence,right,group")
    parser.add_argument("--key", type=Path, help="CSV of confidence,right,group")
    parser.add_argument("--output", type=Path, required=True, help="PNG to write")
    return parser.parse_args()


def read(path: Path) -> list[Answer]:
    with path.open() as file:
        rows = [
            Answer(float(row["confidence"]), row["right"] in ("1", "true"), row["group"])
            for row in csv.DictReader(file)]
    if not rows:
        raise SystemExit(f"calibration: {path} holds no answers")
    return rows


def bins(answers: Iterable[Answer]) -> list[Bin]:
    """Equal steps of confidence; those without answers are left out."""
    members: dict[int, list[Answer]] = defaultdict(list)
    for answer in answers:
        # The last bin includes its end.
        members[min(BINS - 1, int(answer.confidence * BINS))].append(answer)
    return [
        Bin(index / BINS, _mean(a.confidence for a in held), _mean(a.right for a in held), len(held))
        for index, held in sorted(members.items())]


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers)


def calibration_error(answers: list[Answer]) -> float:
    """How far stated and right are apart, on the mean over all answers."""
    return sum(held.count * abs(held.stated - held.right) for held in bins(answers)) / len(answers)


def draw(panels: list[tuple[str, list[Answer]]], output: Path) -> None:
    pyplot.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    figure, axes = pyplot.subplots(
        2, len(panels), figsize=(4.2 * len(panels), 5), height_ratios=[3, 1], sharex=True, squeeze=False,
        layout="constrained")
    for column, (title, answers) in enumerate(panels):
        _draw_reliability(axes[0][column], title, answers)
        _draw_counts(axes[1][column], answers)
    _save(figure, output)


def _save(figure: pyplot.Figure, output: Path) -> None:
    """With a palette of 64 colours: a third of the size, and nothing to be seen of it."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=110)
    Image.open(drawn).convert("RGB").quantize(64).save(output, format="PNG", optimize=True)


def _draw_reliability(axis: pyplot.Axes, title: str, answers: list[Answer]) -> None:
    all_bins = bins(answers)
    axis.plot([0, 1], [0, 1], color="#999999", linestyle="--", linewidth=1)
    axis.errorbar(
        [held.stated for held in all_bins], [held.centre for held in all_bins], [held.margin for held in all_bins],
        fmt="none", ecolor="#bbbbbb", elinewidth=3)
    axis.plot([held.stated for held in all_bins], [held.right for held in all_bins], "o-", color="black", label="all")
    for held in all_bins:
        axis.annotate(
            str(held.count), (held.stated, held.right), xytext=(5, -9), textcoords="offset points", fontsize=7)
    for colour, (group, members) in zip(COLOURS, _groups(answers)):
        some = [held for held in bins(members) if held.count >= FEWEST]
        axis.plot(
            [held.stated for held in some], [held.right for held in some], ".", color=colour,
            label=f"{group} ({len(members)})")
    axis.set(title=f"{title}, {len(answers)} answers", ylabel="right", xlim=(0, 1), ylim=(-0.04, 1.03))
    axis.legend(frameon=False, loc="lower right", fontsize=7)


def _groups(answers: list[Answer]) -> list[tuple[str, list[Answer]]]:
    """The largest first; none where there is only one."""
    members: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        members[answer.group].append(answer)
    largest = sorted(members.items(), key=lambda group: -len(group[1]))
    return largest[: len(COLOURS)] if len(largest) > 1 else []


def _draw_counts(axis: pyplot.Axes, answers: list[Answer]) -> None:
    held = bins(answers)
    axis.bar([b.low for b in held], [b.count for b in held], 0.9 / BINS, align="edge", color="#cccccc")
    axis.set(xlabel="stated confidence", ylabel="answers")


if __name__ == "__main__":
    main()
