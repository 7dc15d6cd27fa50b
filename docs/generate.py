"""Writes the parts of README.md that can be generated, between ``<!-- NAME -->`` and ``<!-- /NAME -->``.

python docs/generate.py [--check]
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import typer.main

from assistant.cli import app
from assistant.settings import Settings

README = Path(__file__).parents[1] / "README.md"


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


GENERATED: dict[str, Callable[[], str]] = {"settings": settings_table, "commands": commands_table}


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
