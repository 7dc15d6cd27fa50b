"""What a question asks for: in full, and part by part; by rules, or by a chat model under their eyes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.chat_model import ChatModel
from assistant.answering.conversation import is_follow_up, resolve_follow_up
from assistant.answering.grounding import plain_sentence
from assistant.answering.model_output import ObjectReader, texts
from assistant.answering.parts import Part, says_no_more, split_question
from assistant.answering.prompts import READING_SCHEMA, reading_prompt
from assistant.answering.tokens import Budget
from assistant.errors import ModelError, QuestionError
from assistant.text import content_words, flatten, language_of, numbers, word_count
from assistant.types import Turn

_OWN_SUBJECT = 4  # words of content with which a question that points to nothing stands on its own
_NAMES_SOMETHING = re.compile(r"(?<=\S )[A-Z][\w’'-]+|\d")  # so does a shorter one that has a name or a figure
_MAY_BE_SEVERAL = re.compile(r"\band\b|[;；]|以及|和|与|并", re.IGNORECASE)
_LONG = 9  # words of content from which such a question may ask for several things: 46 of the project's 406 do
_MOST_WORDS = 100
_KEPT = 0.6  # of the question's own words stand in it when it is put in full
_MOST_PARTS = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it is searched for.

    Attributes:
        question: In full, understandable without the conversation.
        parts: What it asks for; a single one for most questions.
    """

    question: str
    parts: tuple[Part, ...]


def checked_question(question: str, *, most_words: int) -> str:
    """A question on one line.

    Raises:
        QuestionError: It is empty or has too many words.
    """
    asked = flatten(question)
    if not any(c.isalnum() for c in asked):
        raise QuestionError("The question is empty; type a question about the documents of the library.")
    if word_count(asked) > most_words:
        raise QuestionError(
            f"The question has more than {most_words} words; shorten it, or add the text as a document."
        )
    return asked


def read_by_rules(question: str, history: Sequence[Turn]) -> Reading:
    """Carry the subject of an earlier question along, and split where the words tell."""
    resolved = resolve_follow_up(question, history)
    return Reading(resolved, split_question(resolved) if resolved == question else _single(resolved))


def read_by_model(question: str, history: Sequence[Turn], model: ChatModel, budget: Budget) -> Reading:
    """Let a model put a follow-up in full and name the parts, where rules may not be enough.

    What it writes counts only if it is made of words of the conversation and keeps those of the
    question. A question with a subject of its own is left as it is, so that a new topic is not
    dragged back to the old one, by whatever model.
    """
    by_rules = read_by_rules(question, history)
    is_open = bool(history) and not _stands_alone(question)
    may_be_several = len(content_words(question)) >= _LONG and _MAY_BE_SEVERAL.search(question) is not None
    if not is_open and not may_be_several:
        return by_rules
    messages = reading_prompt(question, history if is_open else ())
    if not budget.allows(model.cost(messages)):
        return by_rules
    reader = ObjectReader()
    try:
        found = [each for piece in model.stream(messages, budget, READING_SCHEMA) for each in reader.feed(piece)]
    except ModelError:
        return by_rules  # the writing that follows meets the same trouble and tells it
    written = next((each for each in found if isinstance(each.get("question"), str)), {})
    full = plain_sentence(str(written.get("question", ""))) if is_open else question
    if is_open and not _is_faithful(full, question, history, by_rules.question):
        return by_rules
    return Reading(full, _parts(texts(written.get("parts")), full) or split_question(full))


def _stands_alone(question: str) -> bool:
    has_subject = len(content_words(question)) >= _OWN_SUBJECT or _NAMES_SOMETHING.search(question) is not None
    return has_subject and not is_follow_up(question)


def _is_faithful(full: str, question: str, history: Sequence[Turn], by_rules: str) -> bool:
    """Whether a question in full says what the conversation says, and still what was asked."""
    said = (question, by_rules, *(part for turn in history for part in (turn.question, turn.answer)))
    own = content_words(question)
    kept = set(content_words(full))
    return (
        word_count(full) <= _MOST_WORDS
        and not is_follow_up(full)
        and language_of(full)[:2] == language_of(question)[:2]
        and says_no_more(full, *said)
        and numbers(question) <= numbers(full)
        and sum(word in kept for word in own) >= _KEPT * len(own)
    )


def _parts(named: Sequence[str], question: str) -> tuple[Part, ...]:
    """The parts that a model names, if they are parts of this question; none otherwise."""
    found = tuple(dict.fromkeys(map(plain_sentence, named)))
    asked = set(content_words(question))
    covered = asked & {word for part in found for word in content_words(part)}
    is_whole = len(covered) >= _KEPT * len(asked)
    if not 1 < len(found) <= _MOST_PARTS or not is_whole or not all(says_no_more(part, question) for part in found):
        return ()
    return tuple(Part(part, part) for part in found)


def _single(question: str) -> tuple[Part, ...]:
    return (Part(question, question),)
