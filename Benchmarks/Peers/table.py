"""Tables of figures, for a terminal and for Markdown."""

from dataclasses import dataclass, field


@dataclass
class Table:
    """Rows under one heading. Cells are text: whoever measures knows how many digits mean something."""

    columns: list[str]
    rows: list[list[str]] = field(default_factory=list)
    note: str = ""

    def add(self, *cells: str) -> None:
        if len(cells) != len(self.columns):
            raise ValueError(f"{len(cells)} cells under {len(self.columns)} columns: {cells}")
        self.rows.append(list(cells))

    def text(self) -> str:
        lines = [self.columns, *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.columns))]
        drawn = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
        return "\n".join([*drawn, *([self.note] if self.note else [])])

    def markdown(self) -> str:
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        drawn = ["| " + " | ".join(line) + " |" for line in lines]
        return "\n".join([*drawn, *(["", self.note] if self.note else [])])


@dataclass
class Section:
    """What one script measured: some tables and how they came to be."""

    name: str
    title: str
    tables: list[Table] = field(default_factory=list)
    skipped: str = ""
    """Why there are no tables."""

    def text(self) -> str:
        return "\n\n".join([f"== {self.title}", *(table.text() for table in self.tables), *self._remark()])

    def markdown(self) -> str:
        return "\n\n".join([*(table.markdown() for table in self.tables), *self._remark()])

    def _remark(self) -> list[str]:
        return [f"Skipped: {self.skipped}"] if self.skipped else []


def seconds(value: float) -> str:
    """Three digits that mean something."""
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def ratio(value: float) -> str:
    return f"{value:.1f} ×" if value < 100 else f"{value:,.0f} ×"


def percent(part: float, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "–"
