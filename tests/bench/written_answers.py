"""What the assistant adds to a call of a chat model: retrieval, prompt, checks and the wire.

python -m tests.bench.written_answers [--questions 100]

The model is a stub that answers at once with sentences of the passages it is given, over HTTP on this
machine. What is left of a question's time is the assistant's. The bar is 250 ms for 95 in 100 questions.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import statistics
import tempfile
import time
from pathlib import Path

from pytest_httpserver import HTTPServer

from assistant import Assistant, Mode, Settings
from assistant.evaluation.cases import load_cases
from assistant.structure import sentences
from tests.answering.chat_server import ChatServer, Prompt

_CLAIMS = 6
_BLOCK = re.compile(r"\[passage (\w+)\]\n.*?text:\n(.*?)\n\[end of passage \1\]", re.DOTALL)


def answer_at_once(prompt: Prompt) -> str:
    """The longest sentence of each of the first passages, as a claim and as its quote."""
    written = []
    for key, text in _BLOCK.findall(prompt.text)[:_CLAIMS]:
        start, end = max(sentences(text), key=lambda span: span[1] - span[0])
        quote = text[start:end]
        written.append({"text": quote, "sources": [{"passage": key, "quote": quote}]})
    return json.dumps({"claims": written, "not_covered": []}, ensure_ascii=False)


def measure(assistant: Assistant, questions: list[str]) -> tuple[list[float], list[float], int]:
    """Seconds of whole questions and to their first claims, and how many were answered in the model's words."""
    totals, firsts, written = [], [], 0
    for question in questions:
        started = time.perf_counter()
        answer = assistant.ask(question)
        totals.append(time.perf_counter() - started)
        written += answer.mode is Mode.GENERATIVE
        if "first_claim" in answer.seconds:
            firsts.append(answer.seconds["first_claim"])
    return totals, firsts, written


def main() -> None:
    """Measure over the project's own questions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=100)
    count = parser.parse_args().questions
    own = Settings()
    cases = [case for case in load_cases(own.questions) if case.answerable and not case.history][: count + 5]
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with HTTPServer() as server, tempfile.TemporaryDirectory() as folder:
        chat = ChatServer(server).says(answer_at_once, piece=200)
        chosen = {"data": Path(folder), "models_folder": own.models, "model": "openai:stub", "model_url": chat.url}
        with Assistant(Settings(**chosen)) as assistant:  # type: ignore[arg-type]
            assistant.sync()
            measure(assistant, [case.question for case in cases[:5]])  # loads what is loaded once
            totals, firsts, written = measure(assistant, [case.question for case in cases[5:]])
    lines = [f"{name}: {_figures(values)}" for name, values in (("whole question", totals), ("first claim", firsts))]
    print("\n".join((*lines, f"in the model's words: {written} of {len(totals)}")))  # noqa: T201 - the script's result


def _figures(seconds: list[float]) -> str:
    p95 = statistics.quantiles(seconds, n=20)[-1]
    return f"median {statistics.median(seconds) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, n {len(seconds)}"


if __name__ == "__main__":
    main()
