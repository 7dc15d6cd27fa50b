"""Does things to a library and dies of it: forks a process for every order on its input and tells how it ended.

A process that has imported everything and opened nothing can be forked in no time, which is what
makes it possible to kill one at so many points.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant
from assistant.errors import AssistantError
from assistant.index.catalogue import Catalogue
from assistant.index.keywords import Keywords
from assistant.index.vectors import Vectors
from assistant.settings import Settings

STEPS: list[tuple[Any, str]] = [
    *((Catalogue, name) for name in ("forget_problems", "restamp", "record_problem", "move", "add_pending")),
    *((Catalogue, name) for name in ("make_ready", "remove", "set_fact", "drop_pending")),
    *((store, name) for store in (Vectors, Keywords) for name in ("add", "delete")),
    *((Path, name) for name in ("replace", "rename", "unlink")),
    (os, "fsync"),
]  # fmt: skip


def kill_at(moment: int) -> None:
    """Let this process be killed at the n-th step that it takes, counting the moments before and after each."""
    seen = 0

    def count() -> None:
        nonlocal seen
        seen += 1
        if seen == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            count()
            result = original(*arguments, **named)
            count()
            return result

        return call

    for owner, name in STEPS:
        setattr(owner, name, counted(getattr(owner, name)))


def act(order: dict[str, Any]) -> None:
    assistant = Assistant(Settings(**order["settings"]))
    if "largest_file" in order:
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest_file"], hard))
    if "moment" in order:
        kill_at(order["moment"])
    if order["operation"] == "add":
        report = assistant.add([Path(path) for path in order["paths"]])
        if report.problems:
            raise AssistantError(report.problems[0].reason)
    elif order["operation"] == "remove":
        for path in order["paths"]:
            assistant.remove(path)
    else:
        assistant.sync()


def main() -> None:
    Settings.model_config["env_file"] = None
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            try:
                act(order)
            except AssistantError as error:
                sys.stderr.write(f"{error}\n")
                os._exit(1)
            except BaseException:  # noqa: BLE001 - the fork must not come back
                sys.excepthook(*sys.exc_info())
                os._exit(2)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
