"""A real model server on the real wire: ``transformers serve`` with a tiny model that knows nothing.

The model is made here with random weights, since none can be fetched: its nonsense goes the way that
the words of a real one would go.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from assistant import Mode, Status
from assistant.answering.chat_model import ChatModel, Message
from assistant.answering.prompts import ANSWER_SCHEMA
from assistant.answering.tokens import Budget
from assistant.errors import ModelOutputError
from tests.answering.conftest import Ready

_PATIENCE = 180  # seconds for the server to come up on a busy machine
_TEMPLATE = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}assistant:"


class Served(NamedTuple):
    name: str
    url: str


def make_model(folder: Path) -> None:
    """A causal language model of one layer over bytes."""
    torch.manual_seed(0)
    vocabulary = {letter: at for at, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    begin, end = len(vocabulary), len(vocabulary) + 1
    tokenizer = Tokenizer(models.BPE(vocab={**vocabulary, "<s>": begin, "</s>": end}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="</s>")
    wrapped.chat_template = _TEMPLATE
    wrapped.save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=end + 1,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=16_384,
        bos_token_id=begin,
        eos_token_id=end,
    )
    LlamaForCausalLM(config).save_pretrained(folder)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The model, served."""
    folder = tmp_path_factory.mktemp("tiny-model")
    make_model(folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(folder)]
    options = ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "home")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, *options], stdout=log, stderr=log, env=environment)
        try:
            wait_for(f"http://127.0.0.1:{port}/health", process, folder / "log")
            yield Served(f"openai:{folder}", f"http://127.0.0.1:{port}/v1")
        finally:
            process.terminate()
            process.wait(30)


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(address, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    pytest.fail(f"the server did not come up:\n{log.read_text(errors='replace')}")


def test_its_nonsense_is_streamed_and_counted(served: Served) -> None:
    model = ChatModel(served.name, url=served.url, context_tokens=4000, output_tokens=40, seconds=60)
    budget = Budget(tokens=10_000, seconds=60)
    pieces = []
    with suppress(ModelOutputError):  # of the limit, where the server tells that it was reached
        for piece in model.stream([Message("user", "Say hello.")], budget, ANSWER_SCHEMA):
            pieces.append(piece)  # noqa: PERF402 - what came before the error counts
    assert len(pieces) > 1
    assert budget.usage.written > 0


def test_its_nonsense_yields_no_claim_and_the_extracted_answer_is_given(served: Served, ready: Ready) -> None:
    seen: list[object] = []
    settings = {"model": served.name, "model_url": served.url, "model_seconds": 60, "model_output_tokens": 200}
    answer = ready(**settings).ask("When was Decree 785 published?", report_claim=seen.append)
    assert (answer.status, answer.mode, answer.model) == (Status.ANSWERED, Mode.EXTRACTIVE, None)
    assert not seen
    assert any("extracted answer" in note for note in answer.notes)
    assert "29 June 2024" in answer.claims[0].text
    assert answer.usage.written > 0


def test_a_server_that_does_not_know_the_model_says_so(served: Served, ready: Ready) -> None:
    answer = ready(model="openai:not-there", model_url=served.url, model_seconds=60).ask(
        "When was Decree 785 published?"
    )
    assert answer.mode is Mode.EXTRACTIVE
    assert any("openai:not-there" in note for note in answer.notes)
