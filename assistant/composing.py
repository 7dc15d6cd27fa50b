"""Builds what the assistant is made of from the settings, which nothing below knows."""

from __future__ import annotations

from collections.abc import Callable

from assistant.answering.asking import Asker
from assistant.answering.calibration import load_calibration
from assistant.answering.chat_model import ChatModel, Message
from assistant.answering.extractive import ExtractiveAnswerer
from assistant.answering.generative import GenerativeAnswerer
from assistant.answering.reader import Reader
from assistant.answering.tokens import Budget
from assistant.answering.usage import UsageLedger
from assistant.documents.reading import Orders
from assistant.errors import ModelSetupError
from assistant.index.embedding import Embedder, WordForWordEmbeddings, load_embedder
from assistant.index.store import Index
from assistant.retrieval.glossary import Glossary, load_glossary
from assistant.retrieval.reranking import load_reranker
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.word_for_word import FINGERPRINT, WordForWord
from assistant.settings import Settings


def reading_orders(settings: Settings) -> Orders:
    """What the process that reads documents is told."""
    return Orders(
        root=str(settings.documents),
        passage_words=settings.passage_words,
        max_bytes=settings.max_file_bytes,
        recognise=settings.ocr,
        seconds=settings.read_seconds,
        max_memory=settings.read_megabytes * 1_000_000,
    )


def build_embedder(settings: Settings, words: WordForWord) -> Embedder:
    """The embedding model; where it knows no Chinese, it is given Chinese word for word in English.

    Args:
        words: Of the dictionary alone: a name that a glossary gains would not be in what was embedded before.

    Raises:
        ModelError: The model cannot be loaded.
    """
    embedder = load_embedder(settings.embedding_model, settings.models)
    if settings.readable_languages is None or "zh" in settings.readable_languages:
        return embedder
    return WordForWordEmbeddings(embedder, words.in_english, FINGERPRINT)


def open_index(settings: Settings, embedder: Embedder, *, rebuild: bool, renew: bool) -> Index:
    """The index of the library, which is made where there is none.

    Raises:
        IndexMismatch: It was made by another release, with another embedding model or for other passages.
    """
    return Index(
        settings.index,
        embedder=embedder.fingerprint,
        passage_words=settings.passage_words,
        database_url=settings.database_url,
        chroma_url=settings.chroma_url,
        rebuild=rebuild,
        renew=renew,
    )


def glossary_of(settings: Settings) -> Glossary:
    """The names that one thing has in either language; none where the settings want none."""
    return load_glossary(settings.glossary) if settings.use_glossary else Glossary()


def build_retriever(
    settings: Settings, index: Index, embedder: Embedder, glossary: Glossary, words: WordForWord
) -> Retriever:
    """What finds passages.

    Raises:
        ModelError: The reranker cannot be loaded.
    """
    return Retriever(
        index,
        embedder,
        glossary=glossary,
        words=words,
        reranker=load_reranker(settings.reranker_model),
        candidates=settings.candidates,
        dense_weight=settings.dense_weight,
        embedding_languages=settings.readable_languages,
    )


def build_extractive(settings: Settings, index: Index, words: WordForWord) -> ExtractiveAnswerer:
    """What chooses and cites sentences.

    Args:
        words: With the names of the glossary.
    """
    return ExtractiveAnswerer(
        Reader(settings.models, words.in_english),
        index,
        load_calibration(),
        max_claims=settings.max_claims,
        refusal_threshold=settings.refusal_threshold,
    )


def chat_model(settings: Settings) -> ChatModel | None:
    """The chat model of the settings, or None where none is set."""
    if settings.model is None:
        return None
    return ChatModel(
        settings.model,
        url=settings.model_url,
        key=settings.model_key,
        context_tokens=settings.model_context_tokens,
        output_tokens=settings.model_output_tokens,
        seconds=settings.model_seconds,
    )


def completion(settings: Settings) -> Callable[[str], str]:
    """A function that asks the chat model of the settings, each time within what one question may cost.

    Raises:
        ModelSetupError: No chat model is set.
    """
    model = chat_model(settings)
    if model is None:
        raise ModelSetupError("No chat model is set; ASSISTANT_MODEL sets one, such as openai:gpt-5 or ollama:qwen3.")

    def complete(prompt: str) -> str:
        budget = Budget(tokens=settings.model_question_tokens, seconds=settings.model_seconds)
        return "".join(model.stream([Message("user", prompt)], budget))

    return complete


def build_asker(
    settings: Settings,
    retriever: Retriever,
    extractive: ExtractiveAnswerer,
    model: ChatModel | None,
    glossary: Glossary,
) -> Asker:
    """What takes a question through all of it to its answer."""
    return Asker(
        retriever,
        extractive,
        GenerativeAnswerer(model, glossary, max_claims=settings.max_claims) if model else None,
        model,
        hits=settings.hits,
        hits_per_document=settings.hits_per_document,
        max_claims=settings.max_claims,
        question_tokens=settings.model_question_tokens,
        seconds=settings.model_seconds,
    )


def usage_ledger(settings: Settings) -> UsageLedger:
    """Where the cost of chat models is noted: beside the conversations, which cannot be made again either."""
    return UsageLedger(settings.history_url or f"sqlite:///{settings.data / 'history.db'}")
