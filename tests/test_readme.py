"""The README says what is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_generated_parts_are_up_to_date():
    done = subprocess.run([sys.executable, "docs/generate.py", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0, "run `python docs/generate.py`"


def test_every_folder_and_picture_it_names_exists():
    text = (ROOT / "README.md").read_text("utf-8")
    named = re.findall(r"\]\(((?!http)[^)]+)\)", text) + re.findall(r"^\| `([\w.]*/[\w/.]*)` \|", text, re.MULTILINE)
    assert named
    assert not [name for name in named if not (ROOT / name).exists()]


def test_only_the_agreed_names_stand_at_the_top():
    agreed = {
        "assistant", "corpus", "tests", "docs", "streamlit_app.py", "pyproject.toml", "README.md", "Makefile",
        "constraints.txt", "CHANGELOG.md", "LICENSE",
    }  # fmt: skip
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    top = {line.split("/")[0] for line in tracked.splitlines() if not line.startswith(".")}
    assert top <= agreed
