"""The page in a process of its own making: no server and no browser, but the real assistant behind it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
OpenPage = Callable[..., AppTest]

DECREE = """---
title: "Decree No. 785"
published: 2024-06-29
kind: analysis
publisher: Rare Earth Desk
topics: [licensing]
sources:
  - {title: "Text of the decree", publisher: "State Council", date: 2024-06-22, url: "https://example.org/decree"}
  - {title: "A trap", url: "javascript:alert(1)"}
---

# Decree No. 785

## Scope

The State Council published Decree No. 785 on 29 June 2024. Decree No. 785 applies to mining, smelting and trade.

## Penalties

Decree No. 785 fines illegal mining of rare earths up to ten times the illegal gains.
"""

BAYAN_OBO = """---
title: 白云鄂博矿
published: 2025-01
kind: chronology
language: zh
---

# 白云鄂博矿

丁道衡于1927年7月在白云鄂博发现铁矿。何作霖于1935年在白云鄂博矿石中发现两种稀土矿物。
"""


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """Puts back the main module, for which Streamlit takes its script: processes that are spawned later run it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture
def library(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of an empty library, which the page will open."""
    for name, folder in {"CORPUS": tmp_path / "corpus", "DATA": tmp_path / "data", "MODELS_FOLDER": models}.items():
        monkeypatch.setenv(f"ASSISTANT_{name}", str(folder))
    documents = tmp_path / "corpus" / "documents"
    documents.mkdir(parents=True)
    yield documents
    st.cache_resource.clear()


@pytest.fixture
def open_page(library: Path) -> OpenPage:
    """Opens a page over a library of the given files."""

    def open_it(
        page: str = "ask", files: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None
    ) -> AppTest:
        for path, content in (files if files is not None else {"decree.md": DECREE, "bayan-obo.md": BAYAN_OBO}).items():
            file = library / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, "utf-8")
        script = f"from assistant.ui.{page}.page import page\npage()"
        opened = AppTest.from_string(script, default_timeout=60)
        for key, value in (query or {}).items():
            opened.query_params[key] = value
        return opened.run()

    return open_it
