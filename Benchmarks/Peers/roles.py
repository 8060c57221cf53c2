"""Accuracy of roles on labelled drum kits, loops, instruments and voices, kit by kit.

The labels are read off the names in Debian's hydrogen-drumkits, lmms-common, sonic-pi-samples and klettres-data.
"""

from collections import Counter, defaultdict

from answers import ask_waxwing
from role_labels import Labelled, all_labels
from table import Section, Table, percent

ROLES = [
    "kick", "snare", "closed-hat", "open-hat", "clap", "tom", "cymbal", "percussion", "bass", "melodic", "vocal", "fx",
    "drums"]
NOTHING = "–"
"""Where no role was said."""

Pair = tuple[Labelled, dict[str, object]]
"""The label and waxwing's record."""


def measure(_: int) -> Section:
    section = Section("roles", "Roles")
    labels = all_labels()
    if not labels:
        section.skipped = "no labelled sounds: install hydrogen-drumkits, lmms-common, sonic-pi-samples, klettres-data."
        return section
    records = ask_waxwing([label.file for label in labels])
    pairs = [(label, records[str(label.file)]) for label in labels if str(label.file) in records]
    unseen = [pair for pair in pairs if not pair[0].is_fitted]
    section.tables += [by_kit(pairs), confusion(unseen), confidence([pair for pair in unseen if pair[0].is_unseen])]
    return section


def said(pair: Pair) -> str:
    return str(pair[1]["role"] or NOTHING)


def is_right(pair: Pair) -> bool:
    return said(pair) == pair[0].role


def group(label: Labelled) -> str:
    """All languages are one group."""
    return label.kit.split("/")[0]


def by_kit(pairs: list[Pair]) -> Table:
    table = Table(
        ["kit", "thresholds", "sounds", "right, %", "among three, %", "balanced, %", "most frequent mistakes"],
        note="Balanced: the mean over the roles of the share that is right. Mistakes: label → answer.")
    kits: dict[tuple[bool, str], list[Pair]] = defaultdict(list)
    for pair in pairs:
        kits[not pair[0].is_fitted, group(pair[0])].append(pair)
        kits[not pair[0].is_fitted, "~ all"].append(pair)
    for (unseen, kit), members in sorted(kits.items(), reverse=True, key=lambda item: (item[0][0], item[0][1] == "~ all")):
        table.add(
            kit.strip("~ "), "unseen" if unseen else "set on it", str(len(members)),
            percent(sum(map(is_right, members)), len(members)), percent(sum(map(is_among_three, members)), len(members)),
            f"{balanced(members):.1f}", mistakes(members))
    return table


def is_among_three(pair: Pair) -> bool:
    return any(candidate["role"] == pair[0].role for candidate in pair[1]["role_candidates"])


def balanced(pairs: list[Pair]) -> float:
    roles: dict[str, list[bool]] = defaultdict(list)
    for pair in pairs:
        roles[pair[0].role].append(is_right(pair))
    return 100 * sum(sum(hits) / len(hits) for hits in roles.values()) / len(roles)


def mistakes(pairs: list[Pair]) -> str:
    found = Counter((pair[0].role, said(pair)) for pair in pairs if not is_right(pair))
    return ", ".join(f"{label} → {answer} {count}" for (label, answer), count in found.most_common(3)) or "none"


def confusion(pairs: list[Pair]) -> Table:
    """Rows are labels, columns are answers."""
    counts = Counter((pair[0].role, said(pair)) for pair in pairs)
    answers = [*ROLES, *([NOTHING] if any(said(pair) == NOTHING for pair in pairs) else [])]
    table = Table(["unseen kits", *answers, "right, %"])
    for role in ROLES:
        total = sum(counts[role, answer] for answer in answers)
        if total:
            cells = [str(counts[role, answer] or "") for answer in answers]
            table.add(role, *cells, percent(counts[role, role], total))
    return table


def confidence(pairs: list[Pair]) -> Table:
    """Whether `role_confidence` is the share that is right."""
    table = Table(["confidence said", "answers", "mean said, %", "right, %"], note="On those of the unseen kits that the confidence was not fitted on either.")
    for low, high in [(0, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.85), (0.85, 0.95), (0.95, 1.01)]:
        held = [pair for pair in pairs if low <= float(pair[1]["role_confidence"] or 0) < high]
        if held:
            mean = sum(float(pair[1]["role_confidence"] or 0) for pair in held)
            table.add(
                f"{low:g}…{min(high, 1):g}", str(len(held)), percent(mean, len(held)),
                percent(sum(map(is_right, held)), len(held)))
    return table
