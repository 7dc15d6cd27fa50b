"""Sentences that tell a reader or a model what to do, instead of telling what a source says."""

from __future__ import annotations

import re

from assistant.text import fold

# Verbs that, at the head of a sentence, are always an order.
_ORDERS = "ignore|disregard|forget|click|visit|reveal|download|execute|upload|e-?mail|log ?in"
# Verbs that are one where their object is at hand: "Send this", but not "Output rose" or "Call options".
_ORDERS_WITH_OBJECT = (
    "print|repeat|output|send|forward|open|go|enter|paste|copy|reply|respond|answer|call|run|follow|contact|tell|transfer"
    "|pay|wire|add|append|cite|write|say|state|recommend"
)
_OBJECTS = "this|that|these|the|your|all|any|every|each|previous|above|me|us|it|here|only|with|following|exactly"
_RULES = "instructions?|prompts?|rules|guidelines|documents|sources"
_MACHINES = "you|assistants?|the (?:model|assistant|ai)|(?:ai|language) models?"
_ACTS = (
    "say|answer|reply|respond|output|reveal|tell|cite|ignore|include|print|add|append|end|state|write|recommend|claim|act"
    "|obey|follow|send|click|visit|open|treat|trust"
)
_INSTRUCTION = re.compile(
    rf"^(?:please\s)?(?:(?:{_ORDERS})\s\w|(?:{_ORDERS_WITH_OBJECT})\s(?:(?:to|on|out|only|back|with)\s)?(?:{_OBJECTS})\b)"
    r"|^please\s\w"
    rf"|\b(?:ignore|disregard|forget|override)\b[^.]{{0,40}}\b(?:{_RULES})\b"
    r"|\b(?:system (?:prompt|message)|(?:previous|hidden) instruction|developer message)s?\b|\bjailbreak"
    r"|\bas an? (?:ai|(?:large )?language) (?:model|assistant)\b"
    r"|\byou are (?:now )?(?:an? )?(?:ai|assistant|chatgpt|dan|in developer mode)\b"
    rf"|\b(?:{_MACHINES}) (?:must|should|shall|will|may) (?:(?:now|always|never|only|not|also) )?(?:{_ACTS})\b"
    r"|忽略[^。]{0,12}(?:指令|指示|规则|提示|内容|说明)|系统提示|提示词|你现在是|你(?:必须|应当|应该|需要)"
    r"|(?:^|。)请(?:点击|访问|发送|忽略|输出|打开|登录|回复|回答|告诉|联系|将|把|在)|作为(?:一个)?(?:人工智能|ai|语言模型)"
)


def is_instruction(sentence: str) -> bool:
    """Whether a sentence gives an order, or speaks to a machine or of its orders."""
    return _INSTRUCTION.search(fold(sentence).strip()) is not None
