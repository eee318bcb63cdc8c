"""Adds a stage of the reader's training to the curve: `… -m detection.training.reader_curve NAME DIR`.

DIR is what `detection.training.reader --state` wrote. `reader-curve.csv` gets the stage's lines, instead of
those it had under this name, and `reader-curve.png` is drawn anew: real plates as training's own validation
sees them, changed, and drawn ones, stage after stage.
"""

import argparse
import csv
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).resolve().parents[2] / "docs" / "models"
SHOWN: Final = {
    "one_row": "one row",
    "two_row": "two rows",
    "changed": "photographed, changed",
    "drawn": "drawn, changed",
}
Line = dict[str, str]


def add(name: str, state: Path, docs: Path = DOCS) -> list[Line]:
    """Write the stage `name` of the folder `state` into `reader-curve.csv`; all lines, in their order."""
    file = docs / "reader-curve.csv"
    with file.open(newline="", encoding="utf-8") as stream:
        lines = [line for line in csv.DictReader(stream) if line["stage"] != name]
    with (state / "curve.csv").open(newline="", encoding="utf-8") as stream:
        lines += [{"stage": name, **line} for line in csv.DictReader(stream)]
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    return lines


def draw(lines: list[Line], path: Path) -> None:
    """The shares of plates read exactly over all steps; a grey line where a stage begins."""
    # Comes with ultralytics; a second to import, and only this figure needs it.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    axes = figure.subplots()
    begun, places = 0, [0]  # steps before the stage; steps up to each line
    for number, line in enumerate(lines):
        if number == 0 or line["stage"] != lines[number - 1]["stage"]:
            begun = places[-1]
            axes.axvline(begun, color="grey", linewidth=0.5)
            axes.text(begun, 0.02, line["stage"], rotation=90, fontsize=7, ha="left", va="bottom")
        places.append(begun + int(line["step"]))
    for column, label in SHOWN.items():
        axes.plot(places[1:], [float(line[column]) for line in lines], label=label, linewidth=1)
    axes.set(xlabel="steps of 64 plates", ylabel="read exactly (validation)", ylim=(0, 1.02))
    axes.legend(loc="center")
    figure.savefig(path, dpi=110, metadata={"Software": None})


def main() -> None:
    """Both files, for one stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="of the stage")
    parser.add_argument("state", type=Path, help="folder that the training wrote")
    given = parser.parse_args()
    draw(add(given.name, given.state), DOCS / "reader-curve.png")


if __name__ == "__main__":
    main()
