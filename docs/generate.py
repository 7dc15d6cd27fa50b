"""Writes the parts of README.md that can be generated, between ``<!-- NAME -->`` and ``<!-- /NAME -->``.

python docs/generate.py [--check]
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer.main

from assistant.cli.app import app
from assistant.settings import Settings

README = Path(__file__).parents[1] / "README.md"
RESULTS = Path(__file__).parent / "results.json"
_PEERS = ("LangChain", "LangChain with BM25")


def settings_table() -> str:
    """All settings with their defaults, from the fields of ``Settings``."""
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        rows.append(f"| `ASSISTANT_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)


def commands_table() -> str:
    """All commands with the first line of their help."""
    rows = ["| command | what it does |", "| --- | --- |"]
    group = typer.main.get_command(app)
    for name, command in sorted(group.commands.items()):  # type: ignore[attr-defined]
        first = (command.help or "").strip().splitlines()[0]
        rows.append(f"| `assistant {name}` | {first} |")
    return "\n".join(rows)


def results_tables() -> str:
    """What ``make bench`` measured last: figures with intervals and bars, then ratios to the peers."""
    if not RESULTS.is_file():
        return "Not measured yet; `make bench` does."
    measured = json.loads(RESULTS.read_text("utf-8"))
    about, ratios = measured["about"], _peer_rows(measured["peers"])
    lines = [
        f"Measured on {about['date']} at commit `{about['commit']}` with `{about['command']}`, "
        f"on {about['cores']} cores in {about['minutes']:g} minutes.",
        "",
        "| set | figure | value | 95% interval | n | bar | others, as published |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(_result_row(row) for row in measured["rows"]),
    ]
    if ratios:
        heads = "".join(f" {peer} | ours over it |" for peer in _PEERS)
        lines += ["", f"| set | figure | ours |{heads}", "| --- | --- | --- |" + " --- | --- |" * len(_PEERS), *ratios]
    return "\n".join(lines)


def _result_row(row: dict[str, Any]) -> str:
    interval = "" if row["low"] is None else f"{_number(row['low'])} to {_number(row['high'])}"
    bar = row["bar"] if row["met"] else f"{row['bar']}, missed"
    cells = (row["set"], row["figure"], _number(row["value"]), interval, str(row["n"]), bar, row["peer"])
    return f"| {' | '.join(cells)} |"


def _peer_rows(peers: list[dict[str, Any]]) -> list[str]:
    places = dict.fromkeys((each["set"], each["figure"]) for each in peers)
    rows = []
    for place in places:
        here = {each["peer"]: each for each in peers if (each["set"], each["figure"]) == place}
        cells = "".join(f" {_number(here[peer]['theirs'])} | {_ratio(here[peer])} |" for peer in _PEERS)
        rows.append(f"| {place[0]} | {place[1]} | {_number(here[_PEERS[0]]['ours'])} |{cells}")
    return rows


def _ratio(peer: dict[str, Any]) -> str:
    interval = "" if peer["low"] is None else f" ({peer['low']:.2f} to {peer['high']:.2f})"
    return f"{peer['ratio']:.2f}{interval}" if peer["ratio"] is not None else ""


def _number(value: float) -> str:
    return f"{value:.3f}" if value < 10 else f"{value:,.0f}"


GENERATED: dict[str, Callable[[], str]] = {
    "settings": settings_table,
    "commands": commands_table,
    "results": results_tables,
}


def generated(text: str) -> str:
    """The README with its generated parts made anew."""
    for name, make in GENERATED.items():
        block = f"<!-- {name} -->\n{make()}\n<!-- /{name} -->"
        text = re.sub(rf"<!-- {name} -->\n.*?<!-- /{name} -->", lambda _, block=block: block, text, flags=re.DOTALL)
    return text


def main() -> int:
    """Write the README, or with ``--check`` exit with 1 if it is out of date."""
    before = README.read_text("utf-8")
    after = generated(before)
    if "--check" in sys.argv:
        return int(before != after)
    README.write_text(after, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
