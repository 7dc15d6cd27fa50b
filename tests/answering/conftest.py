"""A scripted chat model on loopback, and an assistant that asks it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from assistant import Assistant, Settings
from tests.answering.chat_server import ChatServer
from tests.conftest import MakeAssistant, OpenAssistant

DECREE = (
    "---\ntitle: Decree 785\npublished: 2024-06-29\n---\n# Decree 785\n\n"
    "The State Council published Decree 785 on 29 June 2024. It took effect on 1 October 2024.\n\n"
    "Illegal mining of rare earths is fined up to ten times the illegal gains.\n"
)
QUOTA = (
    "---\ntitle: Quotas of 2023\npublished: 2023-12-15\nsupersedes: [old.md]\n---\n# Quotas of 2023\n\n"
    "The mining quota of rare earths for 2023 was 255,000 tonnes. The quota for smelting was 243,850 tonnes.\n"
)
OLD = "---\ntitle: Quotas, first batch\n---\n# First batch\n\nThe first mining quota of rare earths for 2023 was 120,000 tonnes.\n"
CHINESE = "---\ntitle: 白云鄂博\npublished: 2020\n---\n丁道衡于1927年7月在白云鄂博发现铁矿。\n"
FILES = {"decree.md": DECREE, "quota.md": QUOTA, "old.md": OLD, "zh.md": CHINESE}

Ready = Callable[..., Assistant]


@pytest.fixture
def server(httpserver: HTTPServer) -> ChatServer:
    """A chat model that says what the test has scripted."""
    return ChatServer(httpserver)


@pytest.fixture(scope="session")
def library(open_assistant: OpenAssistant) -> Settings:
    """The small library, indexed once."""
    with open_assistant(FILES) as assistant:
        return assistant.settings


@pytest.fixture
def ready(library: Settings, make_assistant: MakeAssistant, server: ChatServer, tmp_path: Path) -> Iterator[Ready]:
    """Opens an assistant over the small library, or over other files, that asks the scripted model."""
    with ExitStack() as opened:

        def open_it(files: dict[str, str] = FILES, **settings: object) -> Assistant:
            chosen = {"model": "openai:tiny", "model_url": server.url, "model_seconds": 20, **settings}
            if files is not FILES:
                return make_assistant(files, **chosen)
            place = tmp_path / f"copy-{len(list(tmp_path.iterdir()))}"
            shutil.copytree(library.corpus.parent, place)
            folders = {"corpus": place / "corpus", "data": place / "data", "models_folder": library.models}
            return opened.enter_context(Assistant(Settings(**{**folders, **chosen})))

        yield open_it
