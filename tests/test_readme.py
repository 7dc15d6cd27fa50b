"""The README says what is so."""

from __future__ import annotations

import importlib
import json
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


def test_results_become_tables(monkeypatch, tmp_path):
    generate = importlib.import_module("docs.generate")
    row = {"set": "scifact", "figure": "ndcg@10", "value": 0.7312, "low": 0.69, "high": 0.77, "n": 300}
    once = {**row, "figure": "seconds", "value": 121.4, "low": None, "high": None}
    peers = [
        {"set": "scifact", "figure": "ndcg@10", "peer": peer, "ours": 0.7312, "theirs": 0.65, "ratio": 1.125,
         "low": 1.05, "high": 1.2, "high_is_good": True}
        for peer in ("LangChain", "LangChain with BM25")
    ]  # fmt: skip
    stored = {
        "about": {"date": "2026-11-25", "command": "make bench", "commit": "0123456789", "cores": 2, "minutes": 24.5},
        "rows": [
            {**row, "bar": ">= 0.72", "met": True, "peer": "BM25 .687"},
            {**once, "bar": "<= 120", "met": False, "peer": ""},
        ],
        "peers": peers,
    }
    monkeypatch.setattr(generate, "RESULTS", tmp_path / "results.json")
    assert "Not measured" in generate.results_tables()
    (tmp_path / "results.json").write_text(json.dumps(stored))
    lines = generate.results_tables().splitlines()
    assert "2026-11-25" in lines[0]
    assert "`0123456789`" in lines[0]
    assert "`make bench`" in lines[0]
    assert "| scifact | ndcg@10 | 0.731 | 0.690 to 0.770 | 300 | >= 0.72 | BM25 .687 |" in lines
    assert "| scifact | seconds | 121 |  | 300 | <= 120, missed |  |" in lines
    ratios = "0.650 | 1.12 (1.05 to 1.20)"
    assert f"| scifact | ndcg@10 | 0.731 | {ratios} | {ratios} |" in lines
    assert len({line.count("|") for line in lines[-3:]}) == 1
